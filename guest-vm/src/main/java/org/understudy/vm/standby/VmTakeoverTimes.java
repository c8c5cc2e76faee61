package org.understudy.vm.standby;

/** What a takeover spent its time on, in one line. */
final class VmTakeoverTimes {
  private final StringBuilder text = new StringBuilder();
  private final long startedNs = System.nanoTime();
  private long lastNs = startedNs;

  /** The step that has just ended. */
  void done(String step) {
    long nowNs = System.nanoTime();
    text.append(text.isEmpty() ? "" : ", ").append(step).append(' ').append(us(nowNs - lastNs));
    lastNs = nowNs;
  }

  private static long us(long ns) {
    return ns / 1_000;
  }

  @Override
  public String toString() {
    return us(lastNs - startedNs) + " us: " + text;
  }
}
