package org.understudy.protocol.wire;

/**
 * A message that was dropped because it breaks the schema.
 *
 * @param templateId template in its header, -1 if it has none
 * @param offset offset inside the message at which it is wrong
 * @param reason what is wrong
 * @param expected what the schema asks for (a length, a limit, a code)
 * @param actual what arrived
 */
public record BadMessage(int templateId, int offset, String reason, long expected, long actual) {
  @Override
  public String toString() {
    return "message template="
        + templateId
        + " offset="
        + offset
        + ": "
        + reason
        + ", expected "
        + expected
        + ", got "
        + actual;
  }
}
