package org.understudy.protocol.link;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.wire.BadMessage;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.Hello;
import org.understudy.protocol.wire.HelloReject;
import org.understudy.protocol.wire.HelloReply;
import org.understudy.protocol.wire.OtherVersion;
import org.understudy.protocol.wire.SectionHeader;

/** Writes down what a link delivers, one line per call. */
public final class RecordingListener implements LinkListener {
  public final List<String> calls = new ArrayList<>();
  public final List<Object> handshakes = new ArrayList<>();
  public final List<BadMessage> bad = new ArrayList<>();
  public final List<OtherVersion> others = new ArrayList<>();
  public int available;
  public int unavailable;
  public int currentLost;
  public int connects;
  public int disconnects;
  public int stale;
  public long failAt = -1;
  private long generation;
  private long linkSession;

  /** Takes this session and no other one from now on; until then it takes everything. */
  public void takeOnly(long ofGeneration, long ofLinkSession) {
    generation = ofGeneration;
    linkSession = ofLinkSession;
  }

  @Override
  public boolean admits(int templateId, long ofGeneration, long ofLinkSession) {
    boolean taken = linkSession == 0 || ofGeneration == generation && ofLinkSession == linkSession;
    stale += taken ? 0 : 1;
    return taken;
  }

  @Override
  public void onHello(Hello hello) {
    handshakes.add(hello);
    calls.add("hello");
  }

  @Override
  public void onHelloReply(HelloReply reply) {
    handshakes.add(reply);
    calls.add("helloReply");
  }

  @Override
  public void onHelloReject(HelloReject reject) {
    handshakes.add(reject);
    calls.add("helloReject");
  }

  @Override
  public void onCheckpointBegin(long epoch, CheckpointKind kind, int round, long releasedEpoch) {
    calls.add("begin " + epoch + " " + kind + " " + round + " " + releasedEpoch);
  }

  @Override
  public void onPageBatch(long epoch, int batchIndex, DirectBuffer buffer, int offset, int length) {
    calls.add("batch " + epoch + " " + batchIndex + " " + digest(buffer, offset, length));
  }

  @Override
  public void onSection(SectionHeader header, DirectBuffer buffer, int offset, int length) {
    calls.add(
        "section "
            + header.epoch
            + " "
            + header.index
            + " "
            + header.kind
            + " "
            + header.encoding
            + " "
            + header.rawLength
            + " "
            + header.last
            + " "
            + digest(buffer, offset, length));
  }

  @Override
  public void onCheckpointEnd(CheckpointTrailer t) {
    calls.add(
        "end "
            + t.epoch
            + " "
            + t.batches
            + " "
            + t.sections
            + " "
            + t.payloadBytes
            + " "
            + t.inputPosition
            + " "
            + t.stampNs
            + " "
            + t.nextTimerNs
            + " "
            + t.digestLength
            + (t.checksum == t.receivedChecksum ? " whole" : " damaged"));
  }

  @Override
  public void onAck(long epoch) {
    calls.add("ack " + epoch);
  }

  @Override
  public void onOutputAck(long sequence) {
    if (sequence == failAt) {
      throw new IllegalStateException("the test cannot handle output ack " + sequence);
    }
    calls.add("outputAck " + sequence);
  }

  @Override
  public void onProtected(long protectedGeneration) {
    calls.add("protected " + protectedGeneration);
  }

  @Override
  public void onInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    calls.add(
        "input "
            + sequence
            + " "
            + stampNs
            + " "
            + kind
            + " "
            + sessionId
            + " "
            + digest(buffer, offset, length));
  }

  @Override
  public void onStandbyNote(DirectBuffer buffer, int offset, int length) {
    calls.add("note " + digest(buffer, offset, length));
  }

  @Override
  public void onBaseHashes(
      int firstPage, boolean isLast, DirectBuffer buffer, int offset, int length) {
    calls.add("base " + firstPage + " " + isLast + " " + digest(buffer, offset, length));
  }

  @Override
  public void onMirroredInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    calls.add(
        "mirrored "
            + sequence
            + " "
            + stampNs
            + " "
            + kind
            + " "
            + sessionId
            + " "
            + digest(buffer, offset, length));
  }

  @Override
  public void onSessionOutput(
      long sequence, long sessionId, long afterInput, DirectBuffer buffer, int offset, int length) {
    calls.add(
        "output "
            + sequence
            + " "
            + sessionId
            + " "
            + afterInput
            + " "
            + digest(buffer, offset, length));
  }

  @Override
  public void onOtherVersion(OtherVersion caller) {
    others.add(caller);
  }

  @Override
  public void onHeartbeat(NodeRole role, int state) {
    calls.add("heartbeat " + role + " " + state);
  }

  @Override
  public void onGoodbye(GoodbyeReason reason, String text) {
    calls.add("goodbye " + reason + " " + text);
  }

  @Override
  public void onBadMessage(BadMessage message) {
    bad.add(message);
  }

  @Override
  public void onPeerAvailable(int streamSessionId, String source) {
    available++;
  }

  @Override
  public void onPeerUnavailable(int streamSessionId, boolean wasCurrent) {
    unavailable++;
    currentLost += wasCurrent ? 1 : 0;
  }

  @Override
  public void onConnected() {
    connects++;
  }

  @Override
  public void onDisconnected() {
    disconnects++;
  }

  /** Length and checksum of a payload. */
  public static String digest(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return length + ":" + Long.toHexString(crc.getValue());
  }
}
