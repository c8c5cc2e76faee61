package org.understudy.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.RejectCode;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.link.RecordingListener;
import org.understudy.protocol.wire.MessageReader.Outcome;

class MessageReaderTest {
  private static final int HEARTBEAT_BYTES = 8 + 18;
  private static final int BLOCK_LENGTH = 0;
  private static final int TEMPLATE = 2;
  private static final int SCHEMA = 4;
  private static final int VERSION = 6;

  private final RecordingListener listener = new RecordingListener();
  private final MessageReader reader = new MessageReader();

  MessageReaderTest() {
    reader.listen(listener);
    listener.takeOnly(Corpus.GENERATION, Corpus.SESSION);
  }

  private Outcome read(byte[] message) {
    return reader.onMessage(new UnsafeBuffer(message), 0, message.length);
  }

  @Test
  void shouldReadEveryMessageAsItWasWritten() {
    new Corpus()
        .messages()
        .forEach(message -> assertThat(read(message)).isEqualTo(Outcome.ACCEPTED));
    assertThat(listener.handshakes).containsExactly(Corpus.HELLO, Corpus.REPLY, Corpus.REJECT);
    UnsafeBuffer fives = new UnsafeBuffer(new byte[300]);
    fives.setMemory(0, 300, (byte) 0x5a);
    assertThat(listener.calls)
        .startsWith("hello", "helloReply", "helloReject", "begin 42 CHECKPOINT 0 40")
        .contains(
            "end 42 2 1 1500 900 999 9223372036854775807 32 whole",
            "ack 42",
            "outputAck 12",
            "input 901 1000 BYTES 5 " + RecordingListener.digest(fives, 0, 200),
            "mirrored 3 1001 FRAME 0 " + RecordingListener.digest(fives, 0, 60),
            "output 13 5 901 " + RecordingListener.digest(fives, 0, 300),
            "heartbeat BACKUP 200",
            "goodbye RESIGN disk full",
            "protected 8");
  }

  @Test
  void shouldSurviveAnyMutationOfAnyMessage() {
    long seed = Long.getLong("understudy.seed", System.nanoTime());
    System.out.println("MessageReaderTest understudy.seed=" + seed);
    Random random = new Random(seed);
    List<byte[]> corpus = new Corpus().messages();
    int bad = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] message = mutate(corpus.get(random.nextInt(corpus.size())).clone(), random);
      bad += read(message) == Outcome.BAD ? 1 : 0;
      listener.calls.clear();
      listener.handshakes.clear();
    }
    assertThat(bad).isEqualTo(listener.bad.size() + listener.others.size()).isPositive();
  }

  private static byte[] mutate(byte[] message, Random random) {
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(message, random.nextInt(message.length));
      }
      case 1 -> {
        return Arrays.copyOf(message, message.length + 1 + random.nextInt(40));
      }
      default -> {
        int flips = 1 + random.nextInt(3);
        for (int i = 0; i < flips; i++) {
          message[random.nextInt(Math.min(message.length, 160))] = (byte) random.nextInt();
        }
        return message;
      }
    }
  }

  @Test
  void shouldFindEveryFlippedBitOfACheckpoint() {
    List<byte[]> messages = new Corpus().messages().subList(3, 8);
    long seed = Long.getLong("understudy.seed", System.nanoTime());
    System.out.println("MessageReaderTest understudy.seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      listener.calls.clear();
      int victim = random.nextInt(messages.size());
      for (int m = 0; m < messages.size(); m++) {
        byte[] message = messages.get(m).clone();
        if (m == victim) {
          int at = 24 + random.nextInt(message.length - 24);
          message[at] ^= (byte) (1 << random.nextInt(8));
        }
        read(message);
      }
      assertThat(listener.calls).noneMatch(call -> call.endsWith(" whole"));
    }
  }

  @Test
  void shouldNameTemplateOffsetAndValuesWhenAMessageIsBad() {
    UnsafeBuffer heartbeat = heartbeat();
    expectBad(heartbeat, 3, "shorter than its header", 8, 3);
    expectBad(heartbeat, HEARTBEAT_BYTES - 1, "fixed fields cut off", 18, 17);
    expectBad(heartbeat, HEARTBEAT_BYTES + 1, "bytes behind the message", 26, 27);
    expectBad(put(heartbeat(), SCHEMA, 1), HEARTBEAT_BYTES, "another schema", 4711, 1);
    expectBad(put(heartbeat(), VERSION, 0), HEARTBEAT_BYTES, "unknown version", 4, 0);
    expectBad(put(heartbeat(), TEMPLATE, 9), HEARTBEAT_BYTES, "unknown template", 0, 9);
    expectBad(put(heartbeat(), TEMPLATE, 65535), HEARTBEAT_BYTES, "unknown template", 0, 65535);
    expectBad(put(heartbeat(), BLOCK_LENGTH, 17), HEARTBEAT_BYTES, "block length", 18, 17);
    UnsafeBuffer role = heartbeat();
    role.putByte(8 + 16, (byte) 4);
    expectBad(role, HEARTBEAT_BYTES, "role unknown", 3, 4);
    assertThat(listener.bad.getLast().toString())
        .isEqualTo("message template=40 offset=24: role unknown, expected 3, got 4");
  }

  private void expectBad(UnsafeBuffer message, int length, String reason, long want, long got) {
    assertThat(reader.onMessage(message, 0, length)).isEqualTo(Outcome.BAD);
    BadMessage bad = listener.bad.getLast();
    assertThat(bad.reason()).contains(reason);
    assertThat(bad.expected()).isEqualTo(want);
    assertThat(bad.actual()).isEqualTo(got);
  }

  private static UnsafeBuffer heartbeat() {
    UnsafeBuffer copy = new UnsafeBuffer(new byte[HEARTBEAT_BYTES + 64]);
    SessionStamp stamp = new SessionStamp();
    stamp.bind(Corpus.GENERATION, Corpus.SESSION);
    MessageSink sink =
        (buffer, offset, length) -> {
          assertThat(length).isEqualTo(HEARTBEAT_BYTES);
          copy.putBytes(0, buffer, offset, length);
          return SendStatus.SENT;
        };
    new MessageSender(sink, stamp).heartbeat(NodeRole.PRIMARY, 1);
    return copy;
  }

  private static UnsafeBuffer put(UnsafeBuffer message, int offset, int value) {
    message.putShort(offset, (short) value, ByteOrder.LITTLE_ENDIAN);
    return message;
  }

  @Test
  void shouldSkipWhatANewerVersionAppends() {
    UnsafeBuffer newer = put(put(heartbeat(), VERSION, WireLimits.VERSION + 1), BLOCK_LENGTH, 26);
    assertThat(reader.onMessage(newer, 0, HEARTBEAT_BYTES + 20)).isEqualTo(Outcome.ACCEPTED);
    assertThat(listener.calls).containsExactly("heartbeat PRIMARY 1");
    UnsafeBuffer same = put(heartbeat(), BLOCK_LENGTH, 26);
    assertThat(reader.onMessage(same, 0, HEARTBEAT_BYTES + 8)).isEqualTo(Outcome.BAD);
  }

  @Test
  void shouldCarryEveryCodeOfEveryEnum() {
    SessionStamp outgoing = new SessionStamp();
    outgoing.bind(Corpus.GENERATION, Corpus.SESSION);
    MessageSender sender =
        new MessageSender(
            (buffer, offset, length) -> {
              assertThat(reader.onMessage(buffer, offset, length)).isEqualTo(Outcome.ACCEPTED);
              return SendStatus.SENT;
            },
            outgoing);
    UnsafeBuffer data = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    int sent = 0;
    for (InputKind kind : InputKind.values()) {
      sent += kind.value() == 0 || kind == InputKind.NULL_VAL ? 0 : 1;
      if (kind.value() != 0 && kind != InputKind.NULL_VAL) {
        sender.input(1, 1, kind, 1, data, 0, 0);
        sender.mirroredInput(1, 1, kind, 1, data, 0, 0);
      }
    }
    for (NodeRole role : NodeRole.values()) {
      if (role.value() != 0 && role != NodeRole.NULL_VAL) {
        sender.heartbeat(role, 254);
      }
    }
    for (GoodbyeReason reason : GoodbyeReason.values()) {
      if (reason.value() != 0 && reason != GoodbyeReason.NULL_VAL) {
        sender.goodbye(reason, "");
      }
    }
    for (RejectCode code : RejectCode.values()) {
      if (code.value() != 0 && code != RejectCode.NULL_VAL) {
        sender.helloReject(new HelloReject(1, "n", 1, 0, code, ""));
      }
    }
    checkpointCodes(sender);
    assertThat(sent).isEqualTo(5);
  }

  private void checkpointCodes(MessageSender sender) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
    CheckpointWriter writer = new CheckpointWriter();
    for (CheckpointKind kind : CheckpointKind.values()) {
      if (kind.value() != 0 && kind != CheckpointKind.NULL_VAL) {
        sender.send(buffer, 0, writer.begin(buffer, 0, 1, kind, 0, -1));
      }
    }
    for (SectionKind kind : SectionKind.values()) {
      for (SectionEncoding encoding : SectionEncoding.values()) {
        boolean real = kind.value() != 0 && kind != SectionKind.NULL_VAL && encoding.value() != 0;
        if (real && encoding != SectionEncoding.NULL_VAL) {
          sender.send(buffer, 0, writer.section(buffer, 0, kind, encoding, 9, false, 3));
        }
      }
    }
  }

  @Test
  void shouldGiveTheSameChecksumWhateverKindOfBuffer() {
    byte[] bytes = new byte[50_000];
    new Random(1).nextBytes(bytes);
    ByteBuffer direct = ByteBuffer.allocateDirect(60_000);
    UnsafeBuffer wrapped = new UnsafeBuffer(direct, 123, 50_010);
    wrapped.putBytes(7, bytes);
    UnsafeBuffer address = new UnsafeBuffer(wrapped.addressOffset(), 50_010);
    EpochChecksum checksum = new EpochChecksum();
    checksum.update(new UnsafeBuffer(bytes), 0, bytes.length);
    int expected = checksum.value();
    for (UnsafeBuffer buffer : List.of(wrapped, address)) {
      checksum.reset();
      checksum.update(buffer, 7, bytes.length);
      assertThat(checksum.value()).isEqualTo(expected);
    }
    assertThat(direct.position()).isZero();
  }

  @Test
  void shouldRefuseToSendWhatNobodyMayReceive() {
    MessageSender sender = new MessageSender((b, o, l) -> SendStatus.SENT, new SessionStamp());
    UnsafeBuffer big = new UnsafeBuffer(new byte[WireLimits.MAX_DATA_BYTES + 1]);
    assertThatThrownBy(() -> sender.input(1, 1, InputKind.BYTES, 1, big, 0, big.capacity()))
        .hasMessageContaining("0 to 262144 bytes: 262145");
    assertThatThrownBy(() -> sender.helloReject(new HelloReject(1, "", 1, 0, RejectCode.SELF, "")))
        .hasMessageContaining("node must have 1 to 64 bytes");
    ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    int length =
        new HandshakeEncoder()
            .helloReject(
                buffer, 0, new HelloReject(1, "n", 1, 0, RejectCode.SELF, "é".repeat(900)));
    assertThat(reader.onMessage(buffer, 0, length)).isEqualTo(Outcome.ACCEPTED);
  }
}
