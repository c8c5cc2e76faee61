package org.understudy.kv;

/** The options of EXPIRE: when a new time of expiry may replace the old one. */
final class ExpireConditions {
  private boolean onlyIfForever;
  private boolean onlyIfExpiring;
  private boolean onlyIfLater;
  private boolean onlyIfEarlier;

  /** Parses the arguments from the fourth on; returns an error text or null. */
  String parse(CommandArguments arguments) {
    onlyIfForever = false;
    onlyIfExpiring = false;
    onlyIfLater = false;
    onlyIfEarlier = false;
    for (int i = 3; i < arguments.count(); i++) {
      if (arguments.is(i, "nx")) {
        onlyIfForever = true;
      } else if (arguments.is(i, "xx")) {
        onlyIfExpiring = true;
      } else if (arguments.is(i, "gt")) {
        onlyIfLater = true;
      } else if (arguments.is(i, "lt")) {
        onlyIfEarlier = true;
      } else {
        return "ERR Unsupported option " + arguments.text(i, 1024);
      }
    }
    if (onlyIfForever && (onlyIfExpiring || onlyIfLater || onlyIfEarlier)) {
      return "ERR NX and XX, GT or LT options at the same time are not compatible";
    }
    return onlyIfLater && onlyIfEarlier
        ? "ERR GT and LT options at the same time are not compatible"
        : null;
  }

  /** Whether a time of expiry (0 for never) may be replaced by another. */
  boolean allow(long oldMs, long newMs) {
    boolean forever = oldMs == 0;
    return !(onlyIfForever && !forever)
        && !(onlyIfExpiring && forever)
        && !(onlyIfLater && (forever || newMs <= oldMs))
        && !(onlyIfEarlier && !forever && newMs >= oldMs);
  }
}
