package org.understudy.protocol.seal;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.InputDecoder;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.WireLimits;

/** Nodes that only seal and open, their wires, and a clock. */
final class SealRig {
  static final int HELLO = HelloDecoder.TEMPLATE_ID;
  static final int REPLY = HelloReplyDecoder.TEMPLATE_ID;
  static final String BROKEN = "a fault of the test's";
  static final int BOUND = InputDecoder.TEMPLATE_ID;
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;

  private final Random random = new Random(4711);
  private final List<String> seen = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private long nowNs;

  static SealKey key(int number) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) number);
    return new SealKey(number, secret);
  }

  /** A message with that header and text. */
  static byte[] message(int template, String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[HEADER + body.length]);
    buffer.putShort(2, (short) template, ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(4, (short) MessageHeaderDecoder.SCHEMA_ID, ByteOrder.LITTLE_ENDIAN);
    buffer.putShort(6, (short) WireLimits.VERSION, ByteOrder.LITTLE_ENDIAN);
    buffer.putBytes(HEADER, body);
    return buffer.byteArray();
  }

  Node node(String self, String peer, SealKey... keys) {
    Node node = new Node();
    node.layer =
        new Seal(
            new SealIdentity(self, peer, List.of(keys)), node::secret, () -> nowNs, node, node);
    nodes.add(node);
    return node;
  }

  Node clearNode() {
    Node node = new Node();
    node.layer = new ClearWire(node, node);
    nodes.add(node);
    return node;
  }

  void pass(long ms) {
    nowNs += ms * 1_000_000;
  }

  /** Everything that is under way between them arrives, and what they say to it. */
  void deliver(Node one, Node other) {
    while (!one.wire.isEmpty() || !other.wire.isEmpty()) {
      if (!one.wire.isEmpty()) {
        other.take(one.wire.poll());
      }
      if (!other.wire.isEmpty()) {
        one.take(other.wire.poll());
      }
    }
  }

  /** Half of it is lost. */
  void deliverSome(Node one, Node other, Random lost) {
    while (!one.wire.isEmpty() || !other.wire.isEmpty()) {
      Node from = one.wire.isEmpty() ? other : one;
      byte[] message = from.wire.poll();
      if (lost.nextBoolean()) {
        (from == one ? other : one).take(message);
      }
    }
  }

  void forgetWhatIsUnderWay() {
    nodes.forEach(node -> node.wire.clear());
  }

  void forgetTheWire() {
    seen.clear();
  }

  List<String> everythingOnTheWire() {
    return seen;
  }

  /** One of them. */
  final class Node implements RecordSink, WireListener {
    final List<byte[]> sent = new ArrayList<>();
    final List<String> heard = new ArrayList<>();
    final ArrayDeque<byte[]> wire = new ArrayDeque<>();
    WireLayer layer;
    int missing;
    int refused;
    int secrets;
    boolean hasRoom = true;

    boolean isBroken;

    /** There was room a moment ago. */
    boolean isFull;

    private byte[] secret() {
      secrets++;
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      return secret;
    }

    SendStatus say(int template, String text) {
      byte[] message = message(template, text);
      return layer.offer(new UnsafeBuffer(message), 0, message.length);
    }

    void take(byte[] message) {
      layer.take(1, new UnsafeBuffer(message), 0, message.length);
    }

    byte[] lastSent() {
      return sent.getLast();
    }

    @Override
    public SendStatus room(int length) {
      return hasRoom ? SendStatus.SENT : SendStatus.BACK_PRESSURED;
    }

    @Override
    public SendStatus offer(
        int templateId, int messageBytes, DirectBuffer buffer, int offset, int length) {
      if (isBroken) {
        throw new IllegalStateException(BROKEN);
      }
      if (isFull) {
        return SendStatus.BACK_PRESSURED;
      }
      byte[] copy = new byte[length];
      buffer.getBytes(offset, copy);
      sent.add(copy);
      wire.add(copy);
      seen.add(new String(copy, StandardCharsets.ISO_8859_1));
      return SendStatus.SENT;
    }

    @Override
    public void onOpened(int stream, DirectBuffer buffer, int offset, int length) {
      byte[] body = new byte[length - HEADER];
      buffer.getBytes(offset + HEADER, body);
      heard.add(new String(body, StandardCharsets.US_ASCII));
    }

    @Override
    public void onMissing(int stream) {
      missing++;
      heard.add("(missing)");
    }

    @Override
    public void onStale() {}

    @Override
    public void onRefused() {
      refused++;
    }
  }
}
