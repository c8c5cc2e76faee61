package org.understudy.backup.session;

/** Why and since when a backup leaves, and what becomes of it then. */
final class Resignation {
  private String reason;
  private boolean stop;
  private boolean now;
  private boolean imageWrong;
  private boolean letGo;
  private long lookedNs;
  private long lingerUntilNs;

  /** It cannot go on; the first reason counts. */
  void request(String newReason) {
    if (reason == null) {
      reason = newReason;
    }
  }

  /** Its operator stops the process, once it is not needed any more. */
  void requestStop(String newReason) {
    stop = true;
    request(newReason);
  }

  /** Its operator stops the process whatever is lost with it. */
  void requestStopNow(String newReason) {
    now = true;
    requestStop(newReason);
  }

  /** The image is known to be wrong: nothing is taken over from it, a new copy is wanted. */
  void requestResync(String newReason) {
    imageWrong = true;
    request(newReason);
  }

  boolean isWanted() {
    return reason != null;
  }

  boolean isStop() {
    return stop;
  }

  boolean isNow() {
    return now;
  }

  boolean isImageWrong() {
    return imageWrong;
  }

  /** Whether the node goes on with a new copy instead of ending. */
  boolean goesOn() {
    return imageWrong && !stop;
  }

  /** The image that was wrong is gone. */
  void forget() {
    reason = null;
    imageWrong = false;
  }

  String reason() {
    return reason;
  }

  /** It leaves now; what follows from the register is known a little later. */
  void begin(long nowNs) {
    letGo = false;
    lookedNs = nowNs;
  }

  /** The primary, alone in this generation, says that it has given the copy up. */
  void letGo() {
    letGo = true;
  }

  boolean isLetGo() {
    return letGo;
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
