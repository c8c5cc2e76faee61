package org.understudy.vm.qemu;

import java.util.Map;

/** How a process ended, in words. */
final class ExitWords {
  private static final int SIGNALLED = 128;

  /** Those that tell what became of it. */
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "SIGILL", 5, "SIGTRAP", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11, "SIGSEGV", 15,
          "SIGTERM", 31, "SIGSYS");

  private ExitWords() {}

  /** Of an exit value as the JDK gives it: 128 and the signal's number for a signal. */
  static String of(int exitValue) {
    int signal = exitValue - SIGNALLED;
    return signal <= 0
        ? "ended with exit code " + exitValue
        : "ended by signal " + signal + " (" + SIGNALS.getOrDefault(signal, "see kill -l") + ")";
  }
}
