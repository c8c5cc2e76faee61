package org.understudy.node.run;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when a thread dies of what it does not handle. A node without one of its threads
 * looks alive to its peer, which then does not take over; a dead one is a failure that the pair
 * handles. No orderly end: that would take the guest from both nodes.
 */
public final class ThreadDeaths implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** There may be no memory left to write another one. */
  private static final byte[] LAST_LINE =
      "understudy: a thread died, this node ends at once; the log says which and why\n"
          .getBytes(StandardCharsets.UTF_8);

  private final int exitCode;

  private ThreadDeaths(int exitCode) {
    this.exitCode = exitCode;
  }

  /** Of all threads that have no handler of their own, from now on. */
  public static void endTheProcess(int exitCode) {
    Thread.setDefaultUncaughtExceptionHandler(new ThreadDeaths(exitCode));
  }

  @Override
  public void uncaughtException(Thread thread, Throwable cause) {
    try {
      System.err.write(LAST_LINE, 0, LAST_LINE.length);
      LOG.error("thread {} died, this node ends at once", thread.getName(), cause);
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(exitCode);
    }
  }
}
