package org.understudy.vm.track;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A process of its own for {@link Injection}: the JDK waits for each child of a JVM, so that one
 * which is traced from the JVM that started it would be taken for dead at its first stop.
 *
 * <p>While it holds the other process it does not end for a signal that it can refuse, such as that
 * of a terminal that is closed.
 */
final class InjectionMain {
  static final String READY = "ready";
  static final String DONE = "done ";

  /** What it does; known before anything is held. */
  private interface Calls {
    String make(long deadlineNs);
  }

  private InjectionMain() {}

  /** {@code register PID FILE BYTES} or {@code release PID FD}; begins at a line with its bound. */
  public static void main(String[] arguments) {
    int code = 1;
    try {
      Calls calls = calls(arguments);
      System.out.println(READY);
      long boundNs = awaitGo();
      if (boundNs > 0) {
        // What came of it is said as well: a descriptor that nobody knows would stay there.
        held(() -> System.out.println(calls.make(System.nanoTime() + boundNs)));
        code = 0;
      }
    } catch (IOException | RuntimeException | Error e) {
      System.out.println(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    System.exit(code);
  }

  private static Calls calls(String... arguments) {
    long pid = Long.parseLong(arguments[1]);
    if (arguments[0].equals("register")) {
      long bytes = Long.parseLong(arguments[3]);
      ProcessMaps.Mapping memory = ProcessMaps.of(pid).wholeFile(arguments[2], bytes);
      return deadlineNs -> DONE + Injection.register(pid, memory, deadlineNs);
    }
    int fd = Integer.parseInt(arguments[2]);
    return deadlineNs -> {
      Injection.release(pid, fd, deadlineNs);
      return DONE;
    };
  }

  /** Zero where nobody wants it any more. */
  private static long awaitGo() throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String line = in.readLine();
    return line == null ? 0 : Long.parseLong(line);
  }

  private static void held(Runnable work) {
    Object holding = new Object();
    boolean[] isHeld = {true};
    Thread hook = Thread.ofPlatform().unstarted(() -> awaitFree(holding, isHeld));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      work.run();
    } finally {
      synchronized (holding) {
        isHeld[0] = false;
        holding.notifyAll();
      }
    }
  }

  private static void awaitFree(Object holding, boolean[] isHeld) {
    synchronized (holding) {
      while (isHeld[0]) {
        try {
          holding.wait();
        } catch (InterruptedException e) {
          // nobody does
        }
      }
    }
  }
}
