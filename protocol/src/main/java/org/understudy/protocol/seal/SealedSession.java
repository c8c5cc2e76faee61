package org.understudy.protocol.seal;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.SealedEncoder;
import org.understudy.protocol.wire.WireLimits;

/**
 * The keys of one handshake and the numbers of what was said under them. A record opens once and in
 * its turn: one that was seen is a replay, one that comes too early shows that others are missing.
 */
final class SealedSession {
  /** What a record turned out to be. */
  enum Verdict {
    /** The next one: its text is in {@link #text}. */
    OPENED,
    /** Nobody who has the keys sealed it. */
    FORGED,
    /** It was opened before. */
    REPLAYED,
    /** The peer sealed it, and others before it that never came; its text is there too. */
    EARLY
  }

  /**
   * Room for one message.
   *
   * @param in a message as it came
   * @param text a message that was opened
   */
  record Scratch(byte[] in, byte[] text) {
    Scratch() {
      this(new byte[MAX_SEALED_BYTES], new byte[MAX_SEALED_BYTES]);
    }
  }

  private static final int MAX_SEALED_BYTES = WireLimits.MAX_MESSAGE_BYTES + RecordCipher.TAG_BYTES;

  /** Bytes in front of the encrypted message. */
  static final int HEAD_BYTES = MessageHeaderEncoder.ENCODED_LENGTH + SealedEncoder.BLOCK_LENGTH;

  /**
   * Records under one key: 2^38 bytes at the longest, where RFC 8446 (section 5.5) still sees a
   * margin of 2^-57.
   */
  static final int RECORDS_PER_KEY_BITS = 20;

  private static final int SESSION_OFFSET =
      MessageHeaderEncoder.ENCODED_LENGTH + SealedEncoder.sessionEncodingOffset();
  private static final int NUMBER_OFFSET =
      MessageHeaderEncoder.ENCODED_LENGTH + SealedEncoder.numberEncodingOffset();

  private final int id;
  private final byte[] ownHead = new byte[HEAD_BYTES];
  private final byte[] head = new byte[HEAD_BYTES];
  private final byte[] in;
  private final byte[] text;
  private final MutableDirectBuffer ownHeadBuffer = new UnsafeBuffer(ownHead);
  private RecordCipher outgoing;
  private RecordCipher incoming;
  private long sent;

  /** A record is sealed, and nobody has said what became of it. */
  private boolean isUnderWay;

  private long next;

  /**
   * Both directions.
   *
   * @param hash names the handshake
   * @param outgoing key of what this node seals
   * @param incoming key of what it opens
   * @param scratch room for one message, shared by all sessions of one thread
   */
  SealedSession(byte[] hash, byte[] outgoing, byte[] incoming, Scratch scratch) {
    in = scratch.in();
    text = scratch.text();
    id = new UnsafeBuffer(hash).getInt(0, ByteOrder.LITTLE_ENDIAN);
    this.outgoing = new RecordCipher(outgoing);
    this.incoming = new RecordCipher(incoming);
    new SealedEncoder()
        .wrapAndApplyHeader(ownHeadBuffer, 0, new MessageHeaderEncoder())
        .session(Integer.toUnsignedLong(id));
  }

  int id() {
    return id;
  }

  /** Whose keys a record names; the caller has checked its length. */
  static int idOf(DirectBuffer record, int offset) {
    return record.getInt(offset + SESSION_OFFSET, ByteOrder.LITTLE_ENDIAN);
  }

  /** Seals a message as the next record; the record's length. It counts when {@link #sent}. */
  int seal(DirectBuffer message, int offset, int length, byte[] record) {
    if (isUnderWay) {
      // Whoever offered the last record failed: it may have left, so its number is spent.
      sent(true);
    }
    isUnderWay = true;
    ownHeadBuffer.putLong(NUMBER_OFFSET, sent, ByteOrder.LITTLE_ENDIAN);
    System.arraycopy(ownHead, 0, record, 0, HEAD_BYTES);
    byte[] bytes = message.byteArray();
    int at = message.wrapAdjustment() + offset;
    if (bytes == null) {
      message.getBytes(offset, in, 0, length);
      bytes = in;
      at = 0;
    }
    return HEAD_BYTES + outgoing.seal(sent, ownHead, bytes, at, length, record, HEAD_BYTES);
  }

  /** The record that was sealed last is on its way, or is not: then its number is free again. */
  void sent(boolean isSent) {
    isUnderWay = false;
    if (!isSent) {
      outgoing.renew();
      return;
    }
    sent++;
    outgoing = isTurn(sent) ? outgoing.next() : outgoing;
  }

  private static boolean isTurn(long number) {
    return (number & (1L << RECORDS_PER_KEY_BITS) - 1) == 0;
  }

  /** Opens a record that names these keys; length is that of the whole record. */
  Verdict open(DirectBuffer record, int offset, int length) {
    long number = record.getLong(offset + NUMBER_OFFSET, ByteOrder.LITTLE_ENDIAN);
    int rest = length - HEAD_BYTES;
    if (rest > in.length || rest < RecordCipher.TAG_BYTES) {
      return Verdict.FORGED;
    }
    record.getBytes(offset, head);
    record.getBytes(offset + HEAD_BYTES, in, 0, rest);
    RecordCipher cipher = cipherOf(number);
    if (cipher.open(number, head, in, 0, rest, text) == RecordCipher.FORGED) {
      return Verdict.FORGED;
    }
    if (number < next) {
      return Verdict.REPLAYED;
    }
    Verdict verdict = number == next ? Verdict.OPENED : Verdict.EARLY;
    next = number + 1;
    incoming = isTurn(next) ? cipher.next() : cipher;
    return verdict;
  }

  /** Records that are missing may be the last ones of a key. */
  private RecordCipher cipherOf(long number) {
    boolean isOfNextKey = number >>> RECORDS_PER_KEY_BITS == (next >>> RECORDS_PER_KEY_BITS) + 1;
    return isOfNextKey ? incoming.next() : incoming;
  }

  /** What {@link #open} found, from index 0; the message is as long as the record says. */
  byte[] text() {
    return text;
  }

  /** Bytes of the record of a message of that length. */
  static int recordBytes(int messageBytes) {
    return HEAD_BYTES + messageBytes + RecordCipher.TAG_BYTES;
  }

  /** Bytes of the message in a record of that length. */
  static int textBytes(int recordLength) {
    return recordLength - HEAD_BYTES - RecordCipher.TAG_BYTES;
  }
}
