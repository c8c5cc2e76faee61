package org.understudy.simulation;

import java.util.List;

/** One message of the simulated wire: the fields of the real schema that decisions depend on. */
final class Message implements Cloneable {
  enum Type {
    HELLO,
    HELLO_REPLY,
    HELLO_REJECT,
    HEARTBEAT,
    PROTECTED,
    GOODBYE,
    BEGIN,
    BATCH,
    END,
    ACK,
    OUTPUT_ACK,
    INPUT,
    OUTPUT,
    MIRROR,
    BASE
  }

  final Type type;
  int from;
  long generation;
  long linkSession;

  /** Epoch, sequence or code. */
  long number;

  /** Second number: batch index, session, input position. */
  long second;

  /** A client's request. */
  long request;

  long stampNs;
  long[] pages;
  long[] values;

  /** What a capture wrote to the disk. */
  long[] disk;

  /** Last epoch whose output has left the primary's gate. */
  long released;

  Object content;
  List<Answer> output;
  long checksum;

  /** Whether it belongs to a link session: all but the handshake. */
  boolean isBound() {
    return type.ordinal() >= Type.HEARTBEAT.ordinal();
  }

  Message(Type type) {
    this.type = type;
  }

  Message number(long value) {
    number = value;
    return this;
  }

  Message second(long value) {
    second = value;
    return this;
  }

  Message content(Object value) {
    content = value;
    return this;
  }

  Message copy() {
    try {
      return (Message) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return type + " n=" + number + " s=" + second + " gen=" + generation + " link=" + linkSession;
  }
}
