package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.understudy.backup.StampClock;
import org.understudy.backup.log.InputLog;
import org.understudy.backup.output.ReleasedBeyondCommit;
import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.BackupState;
import org.understudy.backup.session.HelloAnswer;
import org.understudy.backup.stage.CorruptCheckpointException;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.ResumeMode;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.HelloReject;
import org.understudy.protocol.wire.HelloReply;
import org.understudy.protocol.wire.OtherVersion;
import org.understudy.protocol.wire.SectionHeader;

/**
 * The duty cycle of a node that holds the copy. It carries events from link, monitor, arbiter and
 * front to the {@link BackupSession} and does what that decides; it decides nothing itself.
 */
public final class BackupAgent implements LinkListener, AutoCloseable {
  private final BackupContext context;
  private final ImageStore images;
  private final InputLog log;
  private final StampClock clock = new StampClock();
  private final FrontPump pump;
  private final OutputDelivery output;
  private final Takeover takeover;
  private final BackupEffects commands;
  private final BackupSession session;
  private long nowNs;
  private long stagingPeakBytes;
  private long logPeakBytes;
  private volatile int peerState = -1;

  /** A backup in state CONNECTING. */
  public BackupAgent(BackupContext context, long nowNs) {
    this.context = context;
    this.nowNs = nowNs;
    images = new ImageStore(context.imageMemory(), context.limits(), context.metrics());
    log = new InputLog(context.limits().inputLogBytes(), context.limits().inputs());
    pump = new FrontPump(context.front(), log, clock);
    output = new OutputDelivery(context.front(), context.limits().inputs());
    takeover = new Takeover(context, images, log, clock, output);
    commands = new BackupEffects(context, images, log, clock, pump, output, takeover);
    session =
        new BackupSession(
            context.session(),
            context.self(),
            context.registerId(),
            context.self().incarnation() ^ nowNs,
            commands,
            context.listener(),
            nowNs);
  }

  /** Takes what the peer monitor sees. */
  public SessionEvents events() {
    return session.events();
  }

  /** Start of a duty cycle, before the link and the monitor are drained. */
  public void cycleStart(long cycleNs) {
    nowNs = cycleNs;
    session.cycleStart(cycleNs);
    commands.cycle(cycleNs, session.state().code(), session.mayRelease());
  }

  /** Acts on what was drained; returns the work done. */
  public int doWork() {
    int work = context.arbiter().poll(session.events());
    commands.checkStandby(session);
    if (commands.failure() != null) {
      session.requestResign(commands.failure());
    }
    work += session.doWork(nowNs);
    work += takeover.work(session, nowNs);
    if (takeover.hasFront()) {
      work += serveFront();
      work += commands.sendNotes();
      commands.flushAck();
      work += applyCommitted();
      commands.prepareTakeover();
    }
    stagingPeakBytes = Math.max(stagingPeakBytes, images.stagedBytes());
    logPeakBytes = Math.max(logPeakBytes, log.usedBytes());
    return work;
  }

  private int applyCommitted() {
    int work = images.applyCommitted();
    if (work > 0) {
      context.standby().applied(images.position().epoch());
      if (images.difference() != null) {
        session.onImageWrong(images.difference());
      }
    }
    return work;
  }

  private int serveFront() {
    int work = pump.poll(nowNs);
    if (images.hasImage() && session.state() == BackupState.PROTECTED) {
      pump.timer(nowNs, images.position().nextTimerNs(), images.position().inputPosition());
      if (commands.isLinked()) {
        work += pump.sendInputs(context.link().sender());
      }
    }
    return work;
  }

  /** The node is to be stopped: it is, as soon as its image is not needed any more. */
  public void requestStop(String reason) {
    session.requestStop(reason);
  }

  /** The operator insists: the image ends with the process. */
  public void requestStopNow(String reason) {
    session.requestStopNow(reason);
  }

  // ---- link

  @Override
  public void onHelloReply(HelloReply reply) {
    session.onHelloReply(
        new HelloAnswer(
            new NodeId(reply.identity().name(), reply.identity().incarnation()),
            reply.helloId(),
            reply.identity().registerId(),
            reply.identity().generation(),
            reply.linkSession(),
            reply.resumeMode() == ResumeMode.RESUME,
            reply.resumeMode() == ResumeMode.DIFFERENCE,
            reply.lastInputReceived(),
            reply.arbiter()));
  }

  @Override
  public void onHelloReject(HelloReject reject) {
    session.onHelloReject(
        new NodeId(reject.nodeName(), reject.incarnation()),
        reject.helloId(),
        Reject.of(reject.code().value()),
        reject.text());
  }

  @Override
  public void onOtherVersion(OtherVersion caller) {
    if (!caller.fromBackup()) {
      session.onHelloReject(
          new NodeId("primary", caller.incarnation()),
          caller.helloId(),
          Reject.VERSION,
          caller.forPeople("backup", "primary")
              + "install the primary's version here, or end the guest and upgrade that node too");
    }
  }

  @Override
  public void onHeartbeat(NodeRole role, int state) {
    if (role == NodeRole.PRIMARY) {
      peerState = state;
    }
  }

  @Override
  public boolean admits(int templateId, long generation, long linkSession) {
    return session.admits(generation, linkSession);
  }

  @Override
  public void onProtected(long protectedGeneration) {
    session.onProtected(protectedGeneration);
  }

  @Override
  public void onCheckpointBegin(long epoch, CheckpointKind kind, int round, long releasedEpoch) {
    if (commands.failure() == null && session.onCheckpointBegin(epoch, round, kindOf(kind))) {
      applyCommitted();
      context.standby().released(releasedEpoch);
      staged(() -> images.stage().begin(epoch, kind));
    }
  }

  private static CaptureKind kindOf(CheckpointKind kind) {
    return switch (kind) {
      case ROUND -> CaptureKind.ROUND;
      case CHECKPOINT -> CaptureKind.CHECKPOINT;
      case FINAL -> CaptureKind.FINAL;
      default -> CaptureKind.NONE;
    };
  }

  @Override
  public void onPageBatch(long epoch, int index, DirectBuffer buffer, int offset, int length) {
    if (session.onCheckpointPart(epoch)) {
      try {
        images.stage().batch(epoch, index, buffer, offset, length);
      } catch (CorruptCheckpointException e) {
        session.onCorrupt(e.getMessage());
      }
    }
  }

  @Override
  public void onSection(SectionHeader header, DirectBuffer buffer, int offset, int length) {
    if (session.onCheckpointPart(header.epoch)) {
      staged(() -> images.stage().section(header, buffer, offset, length));
    }
  }

  @Override
  public void onCheckpointEnd(CheckpointTrailer trailer) {
    if (!session.onCheckpointEnd(trailer.epoch)) {
      return;
    }
    try {
      if (trailer.inputPosition > log.lastSequence()) {
        throw new CorruptCheckpointException(
            "epoch %d covers input %d, the last one here is %d"
                .formatted(trailer.epoch, trailer.inputPosition, log.lastSequence()));
      }
      images.stage().end(trailer);
      session.onVerified();
    } catch (CorruptCheckpointException e) {
      session.onCorrupt(e.getMessage());
    }
  }

  private void staged(Runnable action) {
    try {
      action.run();
    } catch (CorruptCheckpointException e) {
      session.onCorrupt(e.getMessage());
    }
  }

  @Override
  public void onSessionOutput(
      long sequence, long sessionId, long afterInput, DirectBuffer buffer, int offset, int length) {
    if (session.onOutput(sequence)) {
      if (output.session(sessionId, afterInput, buffer, offset, length)) {
        session.onOutputReceived(sequence);
      } else {
        session.requestResign("output beyond the last commit exceeds its bound");
      }
    }
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
    boolean isKept = images.hasImage() || session.takesLastMirrors();
    if (!isKept || !session.onMirrored()) {
      return;
    }
    try {
      context.standby().mirrored(sequence, sessionId, buffer, offset, length);
    } catch (RuntimeException e) {
      session.requestResign("a mirrored input cannot be kept: " + e.getMessage());
    }
  }

  @Override
  public void onGoodbye(GoodbyeReason reason, String text) {
    session.onGoodbye(Goodbye.of(reason.value()), text);
  }

  @Override
  public void onPeerUnavailable(int streamSessionId, boolean wasCurrent) {
    if (wasCurrent && commands.isLinked()) {
      session.events().onLinkDown();
    }
  }

  @Override
  public void onDisconnected() {
    if (commands.isLinked()) {
      session.events().onLinkDown();
    }
  }

  // ---- views

  /** Where the session is. */
  public BackupState state() {
    return session.state();
  }

  /** The session, for status. */
  public BackupSession session() {
    return session;
  }

  /** Code of the state that the primary's last heartbeat named, -1 before the first. */
  public int peerState() {
    return peerState;
  }

  /** Clients that are being told goodbye are still connected. */
  public boolean isLingering() {
    boolean clients = commands.areClientsEnding() && context.front().queuedBytes() > 0;
    return clients && session.mayStillSend(nowNs) || session.isLingering(nowNs);
  }

  /**
   * For the primary that goes on: takes what the one before still passes on, without holding on to
   * anything else of this backup.
   */
  public LinkListener lateMirrors() {
    long lastSession = session.takesLastMirrors() ? session.lastLinkSession() : 0;
    return new LateMirrors(context.standby(), lastSession);
  }

  /** Why the takeover failed is in the log; the claim was won, and no guest runs. */
  public boolean isTakeoverFailed() {
    return takeover.isFailed();
  }

  /** Last input that the guest was given by the replay. */
  public long lastInput() {
    return takeover.lastInput();
  }

  /** Inputs replayed by the takeover. */
  public long replayedInputs() {
    return takeover.replayedInputs();
  }

  /** What left beyond the last commit: a replay makes it again. */
  public ReleasedBeyondCommit beyondCommit() {
    return output.beyond();
  }

  /** Epoch of the image, -1 for none. */
  public long imageEpoch() {
    return session.committedEpoch();
  }

  /** Image, in bytes. */
  public long imageBytes() {
    return images.imageBytes();
  }

  /** Staged checkpoint, in bytes. */
  public long stagedBytes() {
    return images.stagedBytes();
  }

  /** Most bytes ever staged. */
  public long stagingPeakBytes() {
    return stagingPeakBytes;
  }

  /** Input log, in bytes. */
  public long inputLogBytes() {
    return log.usedBytes();
  }

  /** Most bytes ever logged. */
  public long inputLogPeakBytes() {
    return logPeakBytes;
  }

  /** A duty cycle failed where nobody else may have the guest: the link session is given up. */
  public void onCycleFailed() {
    session.events().onLinkDown();
  }

  /** Client events logged. */
  public long inputs() {
    return pump.inputs();
  }

  /** Clients that connected so far. */
  public long opened() {
    return pump.opened();
  }

  /** Whether the front accepts clients. */
  public boolean isAccepting() {
    return pump.isAccepting();
  }

  /** Committed output that may not leave yet. */
  public long heldOutputBytes() {
    return output.heldBytes();
  }

  @Override
  public void close() {
    if (takeover.isUnderWay()) {
      takeover.abandon();
    }
    images.close();
  }
}
