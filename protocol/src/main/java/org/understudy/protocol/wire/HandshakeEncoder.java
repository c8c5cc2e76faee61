package org.understudy.protocol.wire;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.HelloEncoder;
import org.understudy.protocol.codecs.HelloRejectEncoder;
import org.understudy.protocol.codecs.HelloReplyEncoder;
import org.understudy.protocol.codecs.MessageHeaderEncoder;

/** Encodes the messages of the handshake; each method returns the length of the message. */
final class HandshakeEncoder {
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final HelloEncoder hello = new HelloEncoder();
  private final HelloReplyEncoder reply = new HelloReplyEncoder();
  private final HelloRejectEncoder reject = new HelloRejectEncoder();

  int hello(MutableDirectBuffer buffer, int offset, Hello message) {
    NodeIdentity self = message.identity();
    Hello.Held held = message.held();
    hello
        .wrapAndApplyHeader(buffer, offset, header)
        .helloId(message.helloId())
        .incarnation(self.incarnation())
        .registerId(self.registerId())
        .generation(self.generation())
        .peerIncarnation(held.peerIncarnation())
        .lastLinkSession(held.lastLinkSession())
        .lastCommittedEpoch(held.lastCommittedEpoch())
        .lastOutputReceived(held.lastOutputReceived())
        .minVersion(WireLimits.MIN_VERSION)
        .maxVersion(WireLimits.VERSION)
        .stateFormatVersion(message.guest().stateFormatVersion())
        .hasCompleteImage(held.hasCompleteImage() ? BooleanType.YES : BooleanType.NO)
        .hasBase(held.hasBase() ? BooleanType.YES : BooleanType.NO);
    hello
        .guestFlags()
        .clear()
        .deterministic(message.guest().deterministic())
        .gatedOnBackup(message.guest().gatedOnBackup());
    HelloEncoder.RegionsEncoder group = hello.regionsCount(message.guest().regions().size());
    for (GuestTerms.Region region : message.guest().regions()) {
      byte[] name = name("region", region.name());
      group.next().lengthBytes(region.lengthBytes()).putName(name, 0, name.length);
    }
    byte[] node = name("node", self.name());
    byte[] pair = name("pair id", message.pairId());
    byte[] type = name("guest type", message.guest().type(), WireLimits.MAX_TYPE_BYTES);
    byte[] front = text(message.frontAddress());
    hello
        .putNodeName(node, 0, node.length)
        .putPairId(pair, 0, pair.length)
        .putGuestType(type, 0, type.length)
        .putFrontAddress(front, 0, front.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength();
  }

  int helloReply(MutableDirectBuffer buffer, int offset, HelloReply message) {
    NodeIdentity self = message.identity();
    reply
        .wrapAndApplyHeader(buffer, offset, header)
        .generation(self.generation())
        .linkSession(message.linkSession())
        .helloId(message.helloId())
        .incarnation(self.incarnation())
        .registerId(self.registerId())
        .lastInputReceived(message.lastInputReceived())
        .version(WireLimits.VERSION)
        .stateFormatVersion(message.guest().stateFormatVersion())
        .resumeMode(message.resumeMode());
    reply
        .guestFlags()
        .clear()
        .deterministic(message.guest().deterministic())
        .gatedOnBackup(message.guest().gatedOnBackup());
    HelloReplyEncoder.RegionsEncoder group = reply.regionsCount(message.guest().regions().size());
    for (GuestTerms.Region region : message.guest().regions()) {
      byte[] name = name("region", region.name());
      group.next().lengthBytes(region.lengthBytes()).putName(name, 0, name.length);
    }
    byte[] node = name("node", self.name());
    byte[] type = name("guest type", message.guest().type(), WireLimits.MAX_TYPE_BYTES);
    byte[] arbiter = text(message.arbiter());
    reply
        .putNodeName(node, 0, node.length)
        .putGuestType(type, 0, type.length)
        .putArbiter(arbiter, 0, arbiter.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + reply.encodedLength();
  }

  int helloReject(MutableDirectBuffer buffer, int offset, HelloReject message) {
    byte[] node = name("node", message.nodeName());
    byte[] text = text(message.text());
    reject
        .wrapAndApplyHeader(buffer, offset, header)
        .helloId(message.helloId())
        .incarnation(message.incarnation())
        .generation(message.generation())
        .code(message.code())
        .putNodeName(node, 0, node.length)
        .putText(text, 0, text.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + reject.encodedLength();
  }

  static byte[] name(String what, String value) {
    return name(what, value, WireLimits.MAX_NAME_BYTES);
  }

  private static byte[] name(String what, String value, int maxBytes) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > maxBytes) {
      throw new IllegalArgumentException(
          what + " must have 1 to " + maxBytes + " bytes: '" + value + "'");
    }
    return bytes;
  }

  /** Text for people: cut to the limit, at a character boundary. */
  static byte[] text(String value) {
    String cut = value;
    byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
    while (bytes.length > WireLimits.MAX_TEXT_BYTES) {
      int end = Math.min(cut.length() - 1, WireLimits.MAX_TEXT_BYTES);
      end -= Character.isHighSurrogate(cut.charAt(end - 1)) ? 1 : 0;
      cut = cut.substring(0, end);
      bytes = cut.getBytes(StandardCharsets.UTF_8);
    }
    return bytes;
  }
}
