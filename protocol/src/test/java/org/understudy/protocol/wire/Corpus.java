package org.understudy.protocol.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.RejectCode;
import org.understudy.protocol.codecs.ResumeMode;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;

/** One sound message of every kind, encoded by the real encoders, in a legal order. */
final class Corpus {
  static final long GENERATION = 7;
  static final long SESSION = 0x77;
  static final GuestTerms GUEST =
      new GuestTerms(
          "service/kv",
          3,
          IntStream.rangeClosed(1, 3)
              .mapToObj(i -> new GuestTerms.Region("region-" + i, 4096L * i))
              .toList(),
          true,
          true);
  static final Hello HELLO =
      new Hello(
          99,
          new NodeIdentity("beta", 0xb1, 0xaa, GENERATION),
          "pair-1",
          new Hello.Held(true, 41, 5, 0xa1, 0x66, true),
          GUEST,
          "127.0.0.1:6379");
  static final HelloReply REPLY =
      new HelloReply(
          99,
          new NodeIdentity("alpha", 0xa1, 0xaa, GENERATION),
          SESSION,
          ResumeMode.RESUME,
          900,
          GUEST,
          "file /var/lib/understudy");
  static final HelloReject REJECT =
      new HelloReject(
          99, "alpha", 0xa1, GENERATION, RejectCode.LAYOUT, "region heap: 4 GiB, not 1");

  private final List<byte[]> messages = new ArrayList<>();
  private final SessionStamp stamp = new SessionStamp();
  private final MessageSender sender = new MessageSender(this::keep, stamp);

  Corpus() {
    stamp.bind(GENERATION, SESSION);
    sender.hello(HELLO);
    sender.helloReply(REPLY);
    sender.helloReject(REJECT);
    checkpoint();
    UnsafeBuffer data = new UnsafeBuffer(new byte[300]);
    data.setMemory(0, 300, (byte) 0x5a);
    sender.ack(42);
    sender.outputAck(12);
    sender.input(901, 1_000, InputKind.BYTES, 5, data, 100, 200);
    sender.mirroredInput(3, 1_001, InputKind.FRAME, 0, data, 0, 60);
    sender.standbyNote(data, 10, 90);
    sender.baseHashes(1000, true, data, 0, 160);
    sender.sessionOutput(13, 5, 901, data, 0, 300);
    sender.heartbeat(NodeRole.BACKUP, 200);
    sender.goodbye(GoodbyeReason.RESIGN, "disk full");
    sender.protectedBy(GENERATION + 1);
  }

  private void checkpoint() {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
    CheckpointWriter writer = new CheckpointWriter();
    send(buffer, writer.begin(buffer, 0, 42, CheckpointKind.CHECKPOINT, 0, 40));
    buffer.setMemory(CheckpointWriter.BATCH_OVERHEAD, 1000, (byte) 3);
    send(buffer, writer.batch(buffer, 0, 1000));
    send(buffer, writer.batch(buffer, 0, 0));
    buffer.setMemory(CheckpointWriter.SECTION_OVERHEAD, 500, (byte) 4);
    send(
        buffer, writer.section(buffer, 0, SectionKind.OUTPUT, SectionEncoding.RAW, 500, true, 500));
    CheckpointTrailer trailer = new CheckpointTrailer();
    trailer.inputPosition = 900;
    trailer.stampNs = 999;
    trailer.nextTimerNs = Long.MAX_VALUE;
    trailer.digestLength = 32;
    send(buffer, writer.end(buffer, 0, trailer));
  }

  private void send(UnsafeBuffer buffer, int length) {
    sender.send(buffer, 0, length);
  }

  private SendStatus keep(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    messages.add(bytes);
    return SendStatus.SENT;
  }

  List<byte[]> messages() {
    return messages;
  }
}
