package org.understudy.lab.vm;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the load generator wrk says in the end.
 *
 * @param requests answered
 * @param socketErrors connections that could not be made, read or written
 * @param otherStatuses answers with a status beyond 399
 * @param timeouts requests that were not answered within two seconds
 */
record WrkSummary(long requests, long socketErrors, long otherStatuses, long timeouts) {
  private static final int MAX_CHARACTERS = 64 << 10;
  private static final String COUNT = "(\\d{1,15})";
  private static final Pattern REQUESTS = line(COUNT + " requests in \\S+, \\S+ read");

  /** Only there if any of them is not zero. */
  private static final Pattern ERRORS =
      line("Socket errors: connect %1$s, read %1$s, write %1$s, timeout %1$s".formatted(COUNT));

  /** Only there if it is not zero. */
  private static final Pattern STATUSES = line("Non-2xx or 3xx responses: " + COUNT);

  private static Pattern line(String content) {
    return Pattern.compile("^ +" + content + "$", Pattern.MULTILINE);
  }

  /**
   * Reads it out of all that wrk printed.
   *
   * @throws IOException if that is no whole summary; wrk's words are in the message
   */
  static WrkSummary parse(String printed) throws IOException {
    if (printed.length() > MAX_CHARACTERS) {
      throw new IOException("wrk printed " + printed.length() + " characters");
    }
    Matcher requests = one(REQUESTS, "requests in", printed);
    Matcher errors = one(ERRORS, "Socket errors", printed);
    Matcher statuses = one(STATUSES, "responses:", printed);
    if (requests == null) {
      throw unreadable(printed);
    }
    return new WrkSummary(
        number(requests, 1),
        errors == null ? 0 : number(errors, 1) + number(errors, 2) + number(errors, 3),
        statuses == null ? 0 : number(statuses, 1),
        errors == null ? 0 : number(errors, 4));
  }

  /** The line; null if nothing is like it. One that is only alike must not count as none. */
  private static Matcher one(Pattern line, String words, String printed) throws IOException {
    Matcher matcher = line.matcher(printed);
    boolean isThere = matcher.find();
    int end = isThere ? matcher.end() : 0;
    int start = isThere ? matcher.start() : 0;
    if ((printed.substring(0, start) + printed.substring(end)).contains(words)) {
      throw unreadable(printed);
    }
    return isThere ? matcher : null;
  }

  private static long number(Matcher line, int group) {
    return Long.parseLong(line.group(group));
  }

  private static IOException unreadable(String printed) {
    String said = printed.strip();
    return new IOException(
        said.isEmpty()
            ? "wrk said nothing"
            : "wrk gave no summary: " + said.substring(0, Math.min(300, said.length())));
  }

  /** Everything that a client would call an error. */
  long errors() {
    return socketErrors + otherStatuses;
  }
}
