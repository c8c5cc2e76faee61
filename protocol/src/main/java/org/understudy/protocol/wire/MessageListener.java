package org.understudy.protocol.wire;

import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;

/**
 * Judges and takes checked messages in order. Buffers and carriers are valid only during the call.
 * A listener records and returns; it does not block, and what it throws is a fault of this node,
 * never of the peer: it comes out of the link's duty cycle and stops the node.
 */
public interface MessageListener {
  /**
   * Judges the envelope of a message that belongs to a session (all but the handshake): whether the
   * message is handed on, right after this, or dropped as stale. There is no other judge.
   */
  default boolean admits(int templateId, long generation, long linkSession) {
    return true;
  }

  /** Handshake, on the primary. */
  default void onHello(Hello hello) {}

  /** Handshake, on the backup. */
  default void onHelloReply(HelloReply reply) {}

  /** Handshake, on the backup. */
  default void onHelloReject(HelloReject reject) {}

  /** On the backup: a checkpoint, or a round of the initial copy, starts. */
  default void onCheckpointBegin(long epoch, CheckpointKind kind, int round, long releasedEpoch) {}

  /** On the backup: one batch of encoded pages. */
  default void onPageBatch(
      long epoch, int batchIndex, DirectBuffer buffer, int offset, int length) {}

  /** On the backup: a piece of another part of the checkpoint. */
  default void onSection(SectionHeader header, DirectBuffer buffer, int offset, int length) {}

  /** On the backup: the sequence ends; the listener compares counts and checksums. */
  default void onCheckpointEnd(CheckpointTrailer trailer) {}

  /** On the primary: every epoch up to this one is committed. */
  default void onAck(long epoch) {}

  /** On the primary: every SessionOutput up to this one is stored. */
  default void onOutputAck(long sequence) {}

  /** On the backup: the register names it in this generation. */
  default void onProtected(long protectedGeneration) {}

  /** On the primary: one logged input of the backup's front. */
  default void onInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {}

  /** On the backup: a copy of an input that reached the guest at the primary. */
  default void onMirroredInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {}

  /** On the primary: what the backup's half tells the guest during the initial copy. */
  default void onStandbyNote(DirectBuffer buffer, int offset, int length) {}

  /** On the primary: what the backup's memory holds of consecutive pages before a copy. */
  default void onBaseHashes(
      int firstPage, boolean isLast, DirectBuffer buffer, int offset, int length) {}

  /** On the backup: output that does not wait for a checkpoint. */
  default void onSessionOutput(
      long sequence,
      long sessionId,
      long afterInput,
      DirectBuffer buffer,
      int offset,
      int length) {}

  /**
   * Both: the peer's duty cycle runs.
   *
   * @param state code of its state in that role
   */
  default void onHeartbeat(NodeRole role, int state) {}

  /** Both: the peer leaves the session. */
  default void onGoodbye(GoodbyeReason reason, String text) {}

  /** A handshake message came from a program that speaks another version of the protocol. */
  default void onOtherVersion(OtherVersion caller) {}

  /** A message was dropped because it breaks the schema. Counted by the caller. */
  default void onBadMessage(BadMessage message) {}
}
