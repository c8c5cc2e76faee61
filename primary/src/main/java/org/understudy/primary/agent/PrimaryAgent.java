package org.understudy.primary.agent;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.codec.encode.EncodeStats;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.pair.session.SessionEvents;
import org.understudy.primary.session.CopyBase;
import org.understudy.primary.session.PeerHello;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimaryState;
import org.understudy.primary.ship.CaptureEncoder;
import org.understudy.primary.ship.RetainedLog;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.wire.Hello;
import org.understudy.protocol.wire.OtherVersion;
import org.understudy.protocol.wire.WireLimits;

/**
 * The duty cycle of a node that runs the guest. It carries events from link, monitor, arbiter and
 * guest to the {@link PrimarySession} and does what that decides; it decides nothing itself.
 */
public final class PrimaryAgent implements LinkListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryAgent.class);

  private static final LinkListener NOBODY =
      new LinkListener() {
        @Override
        public boolean admits(int templateId, long generation, long linkSession) {
          return false;
        }
      };

  private final PrimaryContext context;
  private final Guest guest;
  private final PrimaryCounters counters = new PrimaryCounters();
  private final EarlyOutput outputs = new EarlyOutput();
  private final MirrorStream mirror = new MirrorStream();
  private final RetainedLog log;
  private final GuestPort port;
  private final CaptureShipping shipping;
  private final InputBacklog backlog;
  private final PrimaryEffects commands;
  private final HelloCheck helloCheck;
  private final PrimarySession session;
  private long nowNs;

  /** Takes what a primary that has moved the guest here still passes on. */
  private LinkListener predecessor = NOBODY;

  /**
   * A primary in state SOLO with a guest that is not started yet.
   *
   * @param register the register that names this process as solo owner
   * @param lastInputReceived last remote input in the guest's state or queue
   */
  public PrimaryAgent(
      PrimaryContext context, Guest guest, Register register, long lastInputReceived, long nowNs) {
    this.context = context;
    this.guest = guest;
    this.nowNs = nowNs;
    log = new RetainedLog(context.stagingBytes());
    port = new GuestPort(context, guest, outputs, mirror);
    shipping =
        new CaptureShipping(
            port,
            () -> new CaptureEncoder(context.codec(), guest.description().layout(), log),
            log,
            context.metrics(),
            counters);
    backlog = new InputBacklog(context.inputBytes());
    helloCheck = new HelloCheck(context.pairId(), context.terms());
    commands =
        new PrimaryEffects(
            context, register.registerId(), guest, port, shipping, outputs, backlog, counters);
    session =
        new PrimarySession(
            context.session(),
            context.self(),
            register,
            lastInputReceived,
            context.self().incarnation() ^ nowNs,
            commands,
            context.listener(),
            nowNs);
  }

  /** Takes what the peer monitor sees. */
  public SessionEvents events() {
    return session.events();
  }

  /** The guest was taken over: the backup that did so takes mirrored inputs that come late. */
  public void succeeds(LinkListener backup) {
    predecessor = backup;
  }

  /** Starts the guest's own thread: it consumes what it is offered, and serves nobody yet. */
  public void startGuest() {
    guest.start(port);
  }

  /** The guest serves, and duty cycles follow: once, after a replay if there is one. */
  public void begin() {
    session.begin(nowNs);
  }

  /** Start of a duty cycle, before the link and the monitor are drained. */
  public void cycleStart(long cycleNs) {
    nowNs = cycleNs;
    session.cycleStart(cycleNs);
    commands.cycleStart(cycleNs);
  }

  /** Acts on what was drained; returns the work done. */
  public int doWork() {
    commands.cycle(session.state().code());
    int work = context.arbiter().poll(session.events());
    work += pollGuest();
    session.heartbeat(nowNs);
    // Ahead of checkpoints: what the backup is to replay must be there before the primary dies.
    work += mirror.work(context.link().sender(), commands.hasMirror(), commands.mayMirror());
    work += backlog.drainTo(guest);
    work += commands.saving().isUnderWay() ? commands.saving().work(session) : encode();
    work += outputs.work(context.link().sender(), commands.isLinked());
    if (commands.isLinked() && outputs.isSent()) {
      work += shipping.send(context.link().sender());
    }
    long lateNs = context.clock().nanoTime();
    session.readClock(lateNs);
    work += session.doWork(nowNs);
    if (!session.isOutputBlocked()) {
      port.confirmRelease(lateNs);
    }
    return work;
  }

  /**
   * A duty cycle failed where nobody else has the guest, which is none of its business: the copy
   * that is under way is given up, and everything goes on with the next cycle.
   */
  public void onCycleFailed(Throwable cause) {
    session.events().onLinkDown();
    session.onProtectionBroken(session.copy(), "a duty cycle failed: " + cause);
  }

  /** Whatever goes wrong with a copy costs protection at most. */
  private int encode() {
    try {
      return shipping.encode(session, releasedEpoch());
    } catch (RuntimeException | Error failure) {
      session.onProtectionBroken(session.copy(), "encoding failed: " + failure);
      shipping.fail(failure);
      return 1;
    }
  }

  /** What left this node's gate; an ack alone does not say that it did. */
  private long releasedEpoch() {
    return Math.min(session.ackedEpoch(), port.settledEpoch());
  }

  private int pollGuest() {
    port.watchGuest(nowNs);
    Throwable failure = port.failure();
    if (failure != null && !session.state().isTerminal()) {
      session.onGuestFailed(failure.toString());
      return 1;
    }
    GuestPort.BrokenCopy broken = port.broken();
    if (broken != null) {
      session.onProtectionBroken(broken.copy(), broken.reason());
    }
    String ended = port.endedReason();
    if (ended != null) {
      session.requestEnd(ended);
    }
    return 0;
  }

  /** Asks for an orderly end of guest and node. */
  public void requestEnd(String reason) {
    session.requestEnd(reason);
  }

  /** This node is to stop, its guest to go on elsewhere; until it does nothing is stopped. */
  public void requestStop(String reason) {
    session.requestStop(reason);
  }

  /** The operator insists, whatever is lost by it. */
  public void requestStopNow(String reason) {
    session.requestStopNow(reason);
  }

  /** Asks for a switchover to the backup; null, or why it is refused. */
  public String requestSwitchover(String reason) {
    return session.requestSwitchover(reason);
  }

  // ---- link

  @Override
  public boolean admits(int templateId, long generation, long linkSession) {
    return session.admits(generation, linkSession)
        || predecessor.admits(templateId, generation, linkSession);
  }

  @Override
  public void onHello(Hello hello) {
    try {
      hear(hello);
    } catch (RuntimeException | Error failure) {
      refuseAfter(failure, hello.helloId());
    }
  }

  private void hear(Hello hello) {
    HelloCheck.Finding finding = helloCheck.check(hello);
    Hello.Held held = hello.held();
    boolean resumable =
        held.hasCompleteImage() && shipping.canResumeAfter(held.lastCommittedEpoch());
    counters.peerFront = hello.frontAddress();
    session.onHello(
        new PeerHello(
            new NodeId(hello.identity().name(), hello.identity().incarnation()),
            hello.helloId(),
            hello.identity().registerId(),
            held.peerIncarnation(),
            held.lastLinkSession(),
            held.lastCommittedEpoch(),
            held.lastOutputReceived(),
            resumable,
            held.hasBase(),
            finding.code(),
            finding.text()));
  }

  /** A backup that cannot be answered is no reason for the guest to end. */
  private void refuseAfter(Throwable failure, long helloId) {
    LOG.error("a backup's hello could not be handled, the guest goes on without it", failure);
    try {
      commands.refuse(helloId, session.generation(), "the primary could not handle it: " + failure);
    } catch (RuntimeException | Error second) {
      LOG.warn("the backup could not be told: {}", second.toString());
    }
  }

  @Override
  public void onOtherVersion(OtherVersion caller) {
    if (caller.fromBackup()) {
      NodeId unnamed = new NodeId("backup", caller.incarnation());
      session.onHello(
          PeerHello.refused(unnamed, caller.helloId(), Reject.VERSION, versions(caller)));
    }
  }

  private static String versions(OtherVersion caller) {
    return caller.forPeople("primary", "backup")
        + (caller.maxVersion() < WireLimits.MIN_VERSION
            ? "upgrade Understudy on the backup"
            : "the backup is ahead: install this primary's version there, or end the guest and"
                + " upgrade this node too");
  }

  @Override
  public void onHeartbeat(NodeRole role, int state) {
    if (role == NodeRole.BACKUP) {
      counters.peerState = state;
    }
  }

  @Override
  public void onAck(long epoch) {
    session.onAck(epoch);
  }

  @Override
  public void onOutputAck(long sequence) {
    outputs.onAck(sequence);
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
    if (session.onInput(sequence) != PrimarySession.InputVerdict.ACCEPT) {
      return;
    }
    var guestKind = org.understudy.checkpoint.guest.InputKind.of(kind.value());
    boolean queued =
        backlog.isEmpty()
            && guest.offerInput(sequence, stampNs, guestKind, sessionId, buffer, offset, length);
    if (queued || backlog.add(sequence, stampNs, guestKind, sessionId, buffer, offset, length)) {
      counters.inputs = counters.inputs + 1;
      session.onInputReceived(sequence);
    } else {
      session.onInputRefused();
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
    predecessor.onMirroredInput(sequence, stampNs, kind, sessionId, buffer, offset, length);
  }

  @Override
  public void onBaseHashes(
      int firstPage, boolean isLast, DirectBuffer buffer, int offset, int length) {
    CopyBase base = session.base();
    if (base.isAwaited() && shipping.base(firstPage, buffer, offset, length)) {
      base.onKept(isLast);
    } else if (base.isAwaited()) {
      base.onBroken();
    }
  }

  @Override
  public void onStandbyNote(DirectBuffer buffer, int offset, int length) {
    if (session.onStandbyNote()) {
      try {
        guest.standbyNote(buffer, offset, length);
      } catch (RuntimeException | Error failure) {
        session.onProtectionBroken(session.copy(), "a note of the backup failed: " + failure);
      }
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
  public PrimaryState state() {
    return session.state();
  }

  /** The session, for status. */
  public PrimarySession session() {
    return session;
  }

  /** Why the guest cannot go on, or null. */
  public Throwable guestFailure() {
    return port.failure();
  }

  /** What was done so far. */
  public PrimaryCounters counters() {
    return counters;
  }

  /** Copies of inputs that were sent to the backup. */
  public long mirroredInputs() {
    return mirror.sent();
  }

  /** Copies of inputs that were dropped: no link, a full queue, or too long. */
  public long droppedMirrors() {
    return mirror.dropped();
  }

  /** Pages of the capture in work that are still to be encoded; any thread, may lag. */
  public long pagesLeft() {
    return shipping.pagesLeft();
  }

  /** Counters of the page codec. */
  public EncodeStats encodeStats() {
    return shipping.stats();
  }

  /** Encoded bytes of a section kind. */
  public long sectionBytes(SectionKind kind) {
    return shipping.sectionBytes(kind);
  }

  /** Shadow, hashes and index. */
  public long shadowBytes() {
    return shipping.shadowBytes();
  }

  /** Encoded checkpoints that are held, in bytes. */
  public long stagingBytes() {
    return log.heldBytes() + outputs.heldBytes();
  }

  /** Most bytes of encoded checkpoints ever held. */
  public long stagingPeakBytes() {
    return shipping.stagingPeakBytes();
  }

  /** The guest. */
  public Guest guest() {
    return guest;
  }

  @Override
  public void close() {
    shipping.clear(); // the guest's thread may be waiting for a page of the capture in work
    guest.close();
    shipping.close();
  }
}
