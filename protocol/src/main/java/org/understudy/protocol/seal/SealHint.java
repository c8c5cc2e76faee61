package org.understudy.protocol.seal;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.MessageHeaderEncoder;
import org.understudy.protocol.codecs.SealRefusalCode;
import org.understudy.protocol.codecs.SealRefusedDecoder;
import org.understudy.protocol.codecs.SealRefusedEncoder;

/**
 * What a node says in the clear to a peer that it cannot understand, so that the people on both
 * sides learn what to set. Anybody can say it: it is written to the log and changes nothing.
 */
public final class SealHint {
  /** Bytes of a hint. */
  public static final int BYTES =
      MessageHeaderEncoder.ENCODED_LENGTH + SealRefusedEncoder.BLOCK_LENGTH;

  private SealHint() {}

  /** Writes it to the start of a buffer. */
  public static void encode(MutableDirectBuffer buffer, int keyId, SealRefusalCode code) {
    new SealRefusedEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .keyId(Integer.toUnsignedLong(keyId))
        .code(code);
  }

  /** What it says; null if it says nothing. */
  public static String textOf(DirectBuffer buffer, int offset, int length) {
    if (length != BYTES) {
      return null;
    }
    SealRefusedDecoder hint = new SealRefusedDecoder();
    hint.wrapAndApplyHeader(buffer, offset, new MessageHeaderDecoder());
    String key = SealKey.text((int) hint.keyId());
    return switch (hint.codeRaw()) {
      case 1 -> "it has no key " + key + "; copy the key file to both nodes, name it in wire.keys";
      case 2 -> "wire.sealed is false there; it must be equal on both nodes";
      case 3 -> "wire.sealed is true there; it must be equal on both nodes";
      default -> null;
    };
  }
}
