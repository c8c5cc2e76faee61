package org.understudy.backup.agent;

import java.util.concurrent.TimeUnit;
import org.understudy.backup.StampClock;
import org.understudy.backup.log.InputLog;
import org.understudy.backup.session.BackupActions;
import org.understudy.backup.session.BackupSession;
import org.understudy.backup.session.HelloAnswer;
import org.understudy.backup.session.HelloContent;
import org.understudy.backup.stage.CommittedPosition;
import org.understudy.backup.stage.StagedSections;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.wire.Hello;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.NodeIdentity;
import org.understudy.protocol.wire.SessionStamp;

/** Does what the backup's session decides. */
final class BackupEffects implements BackupActions {
  /** How long clients may go on taking their last replies after the guest's end. */
  static final long CLIENTS_END_NS = TimeUnit.SECONDS.toNanos(5);

  private final BackupContext context;
  private final Link link;
  private final MessageSender sender;
  private final ImageStore images;
  private final InputLog log;
  private final StampClock clock;
  private final FrontPump pump;
  private final OutputDelivery output;
  private final Takeover takeover;
  private boolean linked;
  private long nowNs;
  private long generation;
  private int stateCode;
  private boolean mayRelease;
  private boolean clientsEnding;
  private long clientsEndingSinceNs;
  private boolean takeoverExpected;
  private String failure;

  BackupEffects(
      BackupContext context,
      ImageStore images,
      InputLog log,
      StampClock clock,
      FrontPump pump,
      OutputDelivery output,
      Takeover takeover) {
    this.context = context;
    this.link = context.link();
    this.sender = context.link().sender();
    this.images = images;
    this.log = log;
    this.clock = clock;
    this.pump = pump;
    this.output = output;
    this.takeover = takeover;
    this.notes = new NoteStream(context.standby());
  }

  void cycle(long cycleNs, int state, boolean outputIsFree) {
    nowNs = cycleNs;
    stateCode = state;
    mayRelease = outputIsFree;
  }

  boolean isLinked() {
    return linked;
  }

  /** Clients may still take what is queued for them; a slow one is not waited for for long. */
  boolean areClientsEnding() {
    return clientsEnding && nowNs - clientsEndingSinceNs < CLIENTS_END_NS;
  }

  /** Looks whether the standby could take over; a failure ends in a resignation. */
  void checkStandby(BackupSession session) {
    if (images.hasImage() && !takeover.isUnderWay()) {
      Readiness readiness = context.standby().readiness();
      if (readiness.isReady()) {
        session.onStandbyReady();
      }
      if (readiness.failure() != null && failure == null) {
        failure = "a takeover would fail: " + readiness.failure();
      }
    }
  }

  /** Why this node cannot go on as a backup, or null. It resigns before anything is acked. */
  String failure() {
    return failure;
  }

  private void failed(String what, RuntimeException e) {
    if (failure == null) {
      failure = what + ": " + e.getMessage();
    }
  }

  @Override
  public void sendHello(HelloContent hello) {
    sender.hello(
        new Hello(
            hello.helloId(),
            new NodeIdentity(
                context.self().name(),
                context.self().incarnation(),
                hello.registerId(),
                hello.generation()),
            context.pairId(),
            new Hello.Held(
                hello.completeImage(),
                hello.lastCommittedEpoch(),
                hello.lastOutputReceived(),
                hello.peerIncarnation(),
                hello.lastLinkSession(),
                hello.hasBase()),
            context.terms(),
            context.frontAddress()));
  }

  @Override
  public boolean hasBase() {
    return images.hasBase();
  }

  @Override
  public boolean isConnected() {
    return link.isConnected();
  }

  @Override
  public void renewLink() {
    link.renew();
  }

  @Override
  public boolean sendHeartbeat(long ofGeneration, long linkSession) {
    return sender.heartbeat(NodeRole.BACKUP, stateCode).sent();
  }

  @Override
  public void sendAck(long ofGeneration, long linkSession, long epoch) {
    pendingAck = epoch;
    flushAck();
  }

  private final NoteStream notes;
  private final BaseReport base = new BaseReport();
  private long pendingAck = -1;
  private long pendingOutputAck;

  /** Acks are cumulative: one that met a full link is offered again, the newest only. */
  void flushAck() {
    if (linked && pendingAck >= 0 && sender.ack(pendingAck).sent()) {
      pendingAck = -1;
    }
    if (linked && pendingOutputAck > 0 && sender.outputAck(pendingOutputAck).sent()) {
      pendingOutputAck = 0;
    }
  }

  int sendNotes() {
    return linked && images.hasImage() ? base.work(sender) + notes.work(sender) : 0;
  }

  @Override
  public void sendOutputAck(long ofGeneration, long linkSession, long sequence) {
    pendingOutputAck = sequence;
    flushAck();
  }

  @Override
  public void sendGoodbye(long ofGeneration, long linkSession, Goodbye reason, String text) {
    GoodbyeReason code = GoodbyeReason.get((short) reason.code());
    sender.goodbye(ofGeneration, linkSession, code, text == null ? "" : text);
  }

  @Override
  public void useLink(long newGeneration, long linkSession) {
    SessionStamp stamp = link.session();
    generation = newGeneration;
    linked = linkSession != 0;
    if (!linked) {
      pendingAck = -1;
      pendingOutputAck = 0;
      stamp.unbind();
    } else {
      stamp.bind(newGeneration, linkSession);
    }
  }

  @Override
  public void expectTakeover(long ofGeneration, long linkSession) {
    takeoverExpected = true;
    if (linkSession != 0) {
      link.session().bind(ofGeneration, linkSession);
    }
  }

  /** To be called when everything committed is applied. */
  void prepareTakeover() {
    if (takeoverExpected && images.hasImage()) {
      context.standby().expectTakeover();
    }
    takeoverExpected = false;
  }

  @Override
  public void startImage(HelloAnswer answer) {
    clock.awaitGuest();
    pump.restart(answer.lastInputReceived());
    output.discard();
    notes.restart();
    base.stop();
    try {
      images.startImage(answer);
    } catch (RuntimeException e) {
      failed("there is no memory for an image", e);
      return;
    }
    if (answer.overBase()) {
      base.start(images.memory());
    }
    try {
      context.standby().startCopy();
    } catch (RuntimeException e) {
      failed("the standby cannot take a copy", e);
    }
  }

  @Override
  public String takeRound() {
    StagedSections sections = images.stage().stagedSections();
    try {
      context
          .standby()
          .round(
              sections.buffer(SectionKind.DISK_WRITES), sections.length(SectionKind.DISK_WRITES));
      return null;
    } catch (RuntimeException e) {
      return "the initial copy cannot be kept: " + e.getMessage();
    }
  }

  @Override
  public void resendInputs(long afterInput) {
    pump.sendAgainAfter(afterInput);
  }

  @Override
  public void abortStaging() {
    images.discardStaged();
  }

  @Override
  public String prepareCommit(long epoch) {
    StagedSections sections = images.stage().stagedSections();
    String obstacle =
        output.hasRoom(sections.length(SectionKind.OUTPUT), mayRelease)
            ? standbyCommits(epoch, sections)
            : "output of epoch " + epoch + " cannot be held any more";
    if (obstacle != null) {
      images.discardStaged();
    }
    return obstacle;
  }

  @Override
  public void commit(long epoch) {
    StagedSections sections = images.stage().stagedSections();
    CommittedPosition position = images.stage().stagedPosition();
    images.committed();
    output.committed(
        epoch,
        sections.buffer(SectionKind.OUTPUT),
        sections.length(SectionKind.OUTPUT),
        mayRelease);
    output.beyond().commit(position.inputPosition());
    if (position.inputPosition() >= log.firstSequence()) {
      log.trim(position.inputPosition());
    }
    clock.continueFrom(position.stampNs(), nowNs);
  }

  /** First of all, since a disk may be full: nothing of an epoch leaves that is not all there. */
  private String standbyCommits(long epoch, StagedSections sections) {
    try {
      Standby standby = context.standby();
      standby.deviceState(
          epoch,
          sections.buffer(SectionKind.DEVICE_STATE),
          sections.length(SectionKind.DEVICE_STATE));
      standby.commit(
          epoch,
          sections.buffer(SectionKind.DISK_WRITES),
          sections.length(SectionKind.DISK_WRITES),
          sections.buffer(SectionKind.FRAMES),
          sections.length(SectionKind.FRAMES));
      return null;
    } catch (RuntimeException e) {
      return "epoch " + epoch + " cannot be committed: " + e.getMessage();
    }
  }

  @Override
  public void releaseOutput(long epoch) {
    output.release(epoch);
  }

  @Override
  public void acceptClients(boolean on) {
    try {
      pump.acceptClients(on, generation);
    } catch (RuntimeException e) {
      failed("the front cannot accept clients", e);
    }
  }

  @Override
  public void discard(String reason) {
    if (takeover.isUnderWay()) {
      takeover.abandon();
    }
    pump.acceptClients(false, generation);
    pump.closeClients();
    output.discard();
    base.stop();
    images.drop();
    context.standby().discard();
  }

  @Override
  public void endClients(String reason) {
    output.release(Long.MAX_VALUE);
    pump.acceptClients(false, generation);
    pump.closeClients();
    images.drop();
    clientsEnding = true;
    clientsEndingSinceNs = nowNs;
  }

  @Override
  public void takeOver() {
    takeover.start();
  }

  @Override
  public RegisterPort arbiter() {
    return context.arbiter();
  }
}
