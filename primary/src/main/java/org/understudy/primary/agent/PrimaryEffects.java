package org.understudy.primary.agent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.primary.session.PeerHello;
import org.understudy.primary.session.PrimaryActions;
import org.understudy.protocol.codecs.GoodbyeReason;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.codecs.RejectCode;
import org.understudy.protocol.codecs.ResumeMode;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.wire.HelloReject;
import org.understudy.protocol.wire.HelloReply;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.NodeIdentity;
import org.understudy.protocol.wire.SessionStamp;

/** Does what the primary's session decides. */
final class PrimaryEffects implements PrimaryActions {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryEffects.class);

  private final PrimaryContext context;

  /** Of the register that this node owns the guest by, whatever an arbiter may show meanwhile. */
  private final long registerId;

  private final Link link;
  private final MessageSender sender;
  private final Guest guest;
  private final GuestPort port;
  private final CaptureShipping shipping;
  private final EarlyOutput outputs;
  private final InputBacklog backlog;
  private final PrimaryCounters counters;

  private boolean linked;
  private long nowNs;
  private int stateCode;
  private boolean leaving;
  private final GuestSaving saving;

  PrimaryEffects(
      PrimaryContext context,
      long registerId,
      Guest guest,
      GuestPort port,
      CaptureShipping shipping,
      EarlyOutput outputs,
      InputBacklog backlog,
      PrimaryCounters counters) {
    this.context = context;
    this.registerId = registerId;
    this.link = context.link();
    this.sender = context.link().sender();
    this.guest = guest;
    this.port = port;
    this.shipping = shipping;
    this.outputs = outputs;
    this.backlog = backlog;
    this.counters = counters;
    saving = new GuestSaving(context.saver(), guest, port);
  }

  /** The guest that is written down, if one is. */
  GuestSaving saving() {
    return saving;
  }

  /** Whether there is a session in which messages may go out. */
  boolean isLinked() {
    return linked;
  }

  /** Whether copies of inputs are worth keeping: they can go out, or soon. */
  boolean hasMirror() {
    return linked || leaving;
  }

  /** Whether they may go out now. */
  boolean mayMirror() {
    return isLinked() || leaving;
  }

  /** Start of a duty cycle: what heartbeats of it say of this node. */
  void cycle(int state) {
    stateCode = state;
  }

  void cycleStart(long cycleNs) {
    nowNs = cycleNs;
  }

  @Override
  public void sendHelloReply(
      PeerHello hello, long generation, long linkSession, boolean resume, long lastInputReceived) {
    sender.helloReply(
        new HelloReply(
            hello.helloId(),
            identity(generation),
            linkSession,
            resume ? ResumeMode.RESUME : copyOver(hello),
            lastInputReceived,
            context.terms(),
            context.arbiter().describe()));
  }

  private static ResumeMode copyOver(PeerHello hello) {
    return hello.hasBase() ? ResumeMode.DIFFERENCE : ResumeMode.FULL_COPY;
  }

  private NodeIdentity identity(long generation) {
    return new NodeIdentity(
        context.self().name(), context.self().incarnation(), registerId, generation);
  }

  @Override
  public void sendHelloReject(PeerHello hello, long generation, Reject code, String text) {
    if (!code.retry() && !text.equals(counters.refusal)) {
      LOG.warn("backup {} is refused ({}): {}", hello.node(), code, text);
      counters.refusal = text;
    }
    sendHelloReject(hello.helloId(), generation, code, text);
  }

  private void sendHelloReject(long helloId, long generation, Reject code, String text) {
    sender.helloReject(
        new HelloReject(
            helloId,
            context.self().name(),
            context.self().incarnation(),
            generation,
            RejectCode.get((short) code.code()),
            text));
  }

  /** Not now: whoever it is may try again. */
  void refuse(long helloId, long generation, String text) {
    sendHelloReject(helloId, generation, Reject.BUSY, text);
  }

  @Override
  public boolean sendHeartbeat(long generation, long linkSession) {
    return sender.heartbeat(NodeRole.PRIMARY, stateCode).sent();
  }

  @Override
  public void sendProtected(long generation, long linkSession, long newGeneration) {
    // If there is no room for it, the next message of the new generation says the same.
    sender.protectedBy(newGeneration);
  }

  @Override
  public void sendGoodbye(long generation, long linkSession, Goodbye reason, String text) {
    GoodbyeReason code = GoodbyeReason.get((short) reason.code());
    sender.goodbye(generation, linkSession, code, text == null ? "" : text);
  }

  @Override
  public void useLink(long generation, long linkSession) {
    SessionStamp stamp = link.session();
    linked = linkSession != 0;
    if (linked) {
      stamp.bind(generation, linkSession);
    } else if (!leaving) {
      stamp.unbind();
    }
  }

  @Override
  public void startCopy(long copy) {
    shipping.startCopy();
    outputs.restart();
    backlog.clear();
    port.startCopy(copy);
    guest.startTracking();
  }

  @Override
  public void awaitBase() {
    shipping.awaitBase();
  }

  @Override
  public void requestCapture(CaptureKind kind) {
    port.request(kind);
  }

  @Override
  public void resumeGuest(boolean paced) {
    port.resume(paced ? CaptureKind.CHECKPOINT : CaptureKind.NONE);
  }

  @Override
  public boolean isOutputSettled() {
    return port.settle();
  }

  @Override
  public void stopCopy() {
    port.stopCopy();
    shipping.clear();
    guest.stopTracking();
  }

  @Override
  public void resend(long afterEpoch, long afterOutput) {
    shipping.resendAfter(afterEpoch);
    outputs.resendAfter(afterOutput);
  }

  @Override
  public void forgetRetained(long epoch) {
    shipping.forget(epoch, nowNs);
    port.onAcked(epoch);
  }

  @Override
  public void releaseOutput(long epoch) {
    port.releaseUpTo(epoch);
  }

  @Override
  public void openGate() {
    guest.openGate();
  }

  @Override
  public void saveGuest(long copy) {
    saving.start(copy);
  }

  @Override
  public boolean abandonSave() {
    return saving.abandon();
  }

  @Override
  public void discardOutput() {
    guest.localGate().discard();
  }

  @Override
  public void serveLocally(boolean on) {
    guest.serveLocally(on);
  }

  @Override
  public void closeRemoteSessions() {
    backlog.clear();
    guest.closeRemoteSessions();
  }

  @Override
  public void stopGuest(String reason) {
    guest.close();
  }

  @Override
  public long inputLingerNs() {
    return guest.inputLingerNs();
  }

  @Override
  public void passInputsOn(boolean on) {
    leaving = on;
    if (!on) {
      link.session().unbind();
    }
  }

  @Override
  public RegisterPort arbiter() {
    return context.arbiter();
  }
}
