package org.understudy.node.run;

import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when a thread dies of what it does not handle. A node without one of its threads
 * looks alive to its peer, which then does not take over; a dead one is a failure that the pair
 * handles. No orderly end: that would take the guest from both nodes.
 *
 * <p>Where this node has the only copy of the guest, the end waits until another one has it too: a
 * guest outlives every failure that is not its own.
 */
public final class ThreadDeaths implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** There may be no memory left to write another one. */
  private static final byte[] LAST_LINE =
      "understudy: a thread died, this node ends at once; the log says which and why\n"
          .getBytes(StandardCharsets.UTF_8);

  private static final byte[] STAYING_LINE =
      "understudy: a thread died, and only this node has the guest: it goes on for now\n"
          .getBytes(StandardCharsets.UTF_8);

  private final int exitCode;
  private volatile BooleanSupplier isLastCopy = () -> false;
  private volatile boolean isOneDead;

  private ThreadDeaths(int exitCode) {
    this.exitCode = exitCode;
  }

  /** Of all threads that have no handler of their own, from now on. */
  public static ThreadDeaths endTheProcess(int exitCode) {
    ThreadDeaths deaths = new ThreadDeaths(exitCode);
    Thread.setDefaultUncaughtExceptionHandler(deaths);
    return deaths;
  }

  /** Of no thread: for a node inside of another program. */
  public static ThreadDeaths ofNobody() {
    return new ThreadDeaths(0);
  }

  /** While this says that nobody else has the guest, the process stays; asked on any thread. */
  public void stayWhile(BooleanSupplier lastCopy) {
    isLastCopy = lastCopy;
  }

  /** Whether a thread died and the process stayed; it is to end when it may. */
  public boolean isEndDue() {
    return isOneDead;
  }

  /** Ends the process if a thread died and another node has the guest by now. */
  public void endIfDue() {
    if (isOneDead && !isLastCopy.getAsBoolean()) {
      try {
        LOG.error("a thread had died, and the guest is protected now: this node ends");
      } finally {
        Runtime.getRuntime().halt(exitCode);
      }
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable cause) {
    boolean stays = false;
    try {
      stays = isLastCopy.getAsBoolean();
      byte[] line = stays ? STAYING_LINE : LAST_LINE;
      System.err.write(line, 0, line.length);
      LOG.error(
          stays
              ? "thread {} died; the guest goes on here until another node has it: let a backup"
                  + " join, or end this node"
              : "thread {} died, this node ends at once",
          thread.getName(),
          cause);
      System.err.flush();
      isOneDead = true;
    } finally {
      if (!stays) {
        Runtime.getRuntime().halt(exitCode);
      }
    }
  }
}
