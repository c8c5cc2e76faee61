package org.understudy.backup.session;

/** Why and since when a backup leaves. */
final class Resignation {
  private String reason;
  private boolean stop;
  private long sinceNs;
  private long lookedNs;
  private long lingerUntilNs;

  /** It cannot go on; the first reason counts. */
  void request(String newReason) {
    if (reason == null) {
      reason = newReason;
    }
  }

  /** Its operator stops the process. */
  void requestStop(String newReason) {
    stop = true;
    request(newReason);
  }

  boolean isWanted() {
    return reason != null;
  }

  boolean isStop() {
    return stop;
  }

  String reason() {
    return reason;
  }

  /** It leaves now; what follows from the register is known a little later. */
  void begin(long nowNs) {
    sinceNs = nowNs;
    lookedNs = nowNs;
  }

  boolean hasLasted(long nowNs, long boundNs) {
    return nowNs - sinceNs >= boundNs;
  }

  /** True once per interval: look at the register again. */
  boolean takeLook(long nowNs, long intervalNs) {
    boolean due = nowNs - lookedNs >= intervalNs;
    lookedNs = due ? nowNs : lookedNs;
    return due;
  }

  void lingerUntil(long untilNs) {
    lingerUntilNs = untilNs;
  }

  boolean lingers(long nowNs) {
    return nowNs - lingerUntilNs < 0;
  }
}
