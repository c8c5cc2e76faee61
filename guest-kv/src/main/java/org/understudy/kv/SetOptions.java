package org.understudy.kv;

/** The options of SET: {@code [NX | XX] [GET] [EX seconds | PX milliseconds | KEEPTTL]}. */
final class SetOptions {
  private static final byte[] WALL_CLOCK =
      ReplyWriter.bytes(
          "-ERR EXAT and PXAT are not supported: the service's clock is not the wall clock\r\n");

  boolean onlyIfMissing;
  boolean onlyIfThere;
  boolean replyOld;
  boolean keepExpiry;
  boolean expiryInSeconds;

  /** Position of the time, 0 for none. */
  int expiryArgument;

  void clear() {
    onlyIfMissing = false;
    onlyIfThere = false;
    replyOld = false;
    keepExpiry = false;
    expiryArgument = 0;
  }

  boolean hasExpiry() {
    return expiryArgument != 0;
  }

  /** Parses the arguments from the fourth on; returns an error reply or null. */
  byte[] parse(CommandArguments arguments) {
    clear();
    for (int i = 3; i < arguments.count(); i++) {
      boolean last = i + 1 == arguments.count();
      boolean seconds = arguments.is(i, "ex");
      if (arguments.is(i, "nx") && !onlyIfThere) {
        onlyIfMissing = true;
      } else if (arguments.is(i, "xx") && !onlyIfMissing) {
        onlyIfThere = true;
      } else if (arguments.is(i, "get")) {
        replyOld = true;
      } else if (arguments.is(i, "keepttl") && !hasExpiry()) {
        keepExpiry = true;
      } else if ((seconds || arguments.is(i, "px")) && !last && !keepExpiry && !hasExpiry()) {
        expiryInSeconds = seconds;
        expiryArgument = ++i;
      } else if ((arguments.is(i, "exat") || arguments.is(i, "pxat")) && !last) {
        return WALL_CLOCK;
      } else {
        return ReplyWriter.SYNTAX;
      }
    }
    return null;
  }
}
