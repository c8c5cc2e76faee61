package org.understudy.lab.judge;

import java.nio.charset.StandardCharsets;

/**
 * One RESP reply.
 *
 * @param kind its type
 * @param number value of an integer reply
 * @param bytes text of a status, error or bulk reply; empty otherwise
 */
public record Reply(Kind kind, long number, byte[] bytes) {
  /** Type of a reply; the order is part of no format. */
  public enum Kind {
    /** No reply arrived: the operation took effect once or not at all. */
    NONE,
    /** {@code +OK}. */
    STATUS,
    /** {@code :1}. */
    INTEGER,
    /** {@code $3}. */
    BULK,
    /** {@code $-1}. */
    NIL,
    /** {@code -ERR}. */
    ERROR
  }

  private static final byte[] EMPTY = {};

  /** No key. */
  public static final Reply NIL = new Reply(Kind.NIL, 0, EMPTY);

  public static Reply integer(long number) {
    return new Reply(Kind.INTEGER, number, EMPTY);
  }

  public static Reply status(String text) {
    return new Reply(Kind.STATUS, 0, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public static Reply error(String text) {
    return new Reply(Kind.ERROR, 0, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public static Reply bulk(byte[] bytes) {
    return new Reply(Kind.BULK, 0, bytes);
  }

  /** The text, byte by byte. */
  public String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
