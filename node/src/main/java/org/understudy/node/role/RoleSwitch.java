package org.understudy.node.role;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.monitor.PeerMonitorListener;
import org.understudy.protocol.wire.BadMessage;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.Hello;
import org.understudy.protocol.wire.HelloReject;
import org.understudy.protocol.wire.HelloReply;
import org.understudy.protocol.wire.SectionHeader;

/** Hands what link and monitor report to the role of the moment: the link outlives a takeover. */
final class RoleSwitch implements LinkListener, PeerMonitorListener {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.link");
  private LinkListener link = new LinkListener() {};

  /** Takes what a primary that has moved the guest here still passes on. */
  private LinkListener before = link;

  private PeerMonitorListener monitor = new PeerMonitorListener() {};
  private long badMessages;

  void to(Role role) {
    before = link;
    link = role.link();
    monitor = role.monitor();
  }

  @Override
  public void onHello(Hello hello) {
    link.onHello(hello);
  }

  @Override
  public void onHelloReply(HelloReply reply) {
    link.onHelloReply(reply);
  }

  @Override
  public void onHelloReject(HelloReject reject) {
    link.onHelloReject(reject);
  }

  @Override
  public void onCheckpointBegin(
      long epoch, CheckpointKind kind, int round, long releasedEpoch, long capturedPages) {
    link.onCheckpointBegin(epoch, kind, round, releasedEpoch, capturedPages);
  }

  @Override
  public void onPageBatch(long epoch, int index, DirectBuffer buffer, int offset, int length) {
    link.onPageBatch(epoch, index, buffer, offset, length);
  }

  @Override
  public void onSection(SectionHeader header, DirectBuffer buffer, int offset, int length) {
    link.onSection(header, buffer, offset, length);
  }

  @Override
  public void onCheckpointEnd(CheckpointTrailer trailer) {
    link.onCheckpointEnd(trailer);
  }

  @Override
  public void onAck(long epoch, long appliedEpoch) {
    link.onAck(epoch, appliedEpoch);
  }

  @Override
  public void onOutputAck(long sequence) {
    link.onOutputAck(sequence);
  }

  @Override
  public void onProtected(long protectedGeneration) {
    link.onProtected(protectedGeneration);
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
    link.onInput(sequence, stampNs, kind, sessionId, buffer, offset, length);
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
    link.onMirroredInput(sequence, stampNs, kind, sessionId, buffer, offset, length);
    before.onMirroredInput(sequence, stampNs, kind, sessionId, buffer, offset, length);
  }

  @Override
  public void onStandbyNote(DirectBuffer buffer, int offset, int length) {
    link.onStandbyNote(buffer, offset, length);
  }

  @Override
  public void onSessionOutput(
      long sequence, long sessionId, long after, DirectBuffer buffer, int offset, int length) {
    link.onSessionOutput(sequence, sessionId, after, buffer, offset, length);
  }

  @Override
  public void onHeartbeat(NodeRole role, int state, long timestampNs, long echoNs) {
    link.onHeartbeat(role, state, timestampNs, echoNs);
  }

  @Override
  public void onGoodbye(GoodbyeReason reason, String text) {
    link.onGoodbye(reason, text);
  }

  @Override
  public void onBadMessage(BadMessage message) {
    // The first ones are worth a line each, a flood is not; all are counted.
    if (++badMessages <= 10) {
      LOG.warn("dropped a bad message: {}", message);
    }
    link.onBadMessage(message);
  }

  @Override
  public void onStaleMessage(int templateId, long generation, long linkSession) {
    link.onStaleMessage(templateId, generation, linkSession);
  }

  @Override
  public void onPeerAvailable(int streamSessionId, String source) {
    link.onPeerAvailable(streamSessionId, source);
  }

  @Override
  public void onPeerUnavailable(int streamSessionId, boolean wasCurrent) {
    link.onPeerUnavailable(streamSessionId, wasCurrent);
  }

  @Override
  public void onConnected() {
    link.onConnected();
  }

  @Override
  public void onDisconnected() {
    link.onDisconnected();
  }

  @Override
  public void onPeerConnected(NodeId peer) {
    monitor.onPeerConnected(peer);
  }

  @Override
  public void onConnectionClosed(NodeId peer) {
    monitor.onConnectionClosed(peer);
  }

  @Override
  public void onReconnectRefused(NodeId lastPeer) {
    monitor.onReconnectRefused(lastPeer);
  }

  @Override
  public void onReconnectAnswered(NodeId lastPeer, NodeId peer) {
    monitor.onReconnectAnswered(lastPeer, peer);
  }

  @Override
  public void onStranger(String reason) {
    LOG.warn("turned away a connection at the monitor port: {}", reason);
    monitor.onStranger(reason);
  }
}
