package org.understudy.primary.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;

/**
 * A primary's session driven by hand: the test is its backup, its guest, its arbiter and its clock.
 * One cycle is one millisecond; what the arbiter is asked is answered in the next one, and captures
 * that are asked for are taken and shipped in the next one.
 */
final class PrimaryRig implements PrimaryActions, RegisterPort {
  static final long MS = 1_000_000;
  static final long TIMEOUT_NS = 1000 * MS;
  static final long REGISTER_ID = 0x77;
  static final NodeId SELF = new NodeId("p", 1);
  static final NodeId BACKUP = new NodeId("b", 2);

  final List<String> done = new ArrayList<>();
  final List<PrimaryState> states = new ArrayList<>();
  final PrimarySession session;

  /** What the arbiter shows; null if nothing was ever written. */
  Register register = new Register(REGISTER_ID, 1, new Ownership.Solo(SELF));

  boolean isArbiterUp = true;
  boolean isArbiterFailing;
  boolean isBackupAlive = true;
  boolean acks = true;
  boolean isLinkFull;
  boolean servesLocally;
  final boolean servedBeforeItBegan;
  boolean isSettled = true;
  long lingerNs;

  /** Link session of the last goodbye. */
  long goodbyeSession;

  long nowNs;
  long reads;
  String reason;
  String refusal;

  /** Thrown where a copy begins. */
  Error copyError;

  /** Null: it is being written; empty: as a whole; else why it is not. */
  String saved;

  /** It is written as a whole, which is not told yet. */
  boolean isWritten;

  /** How often stopping a copy still fails. */
  int stopErrors;

  private final ArrayDeque<Runnable> answers = new ArrayDeque<>();
  private final ArrayDeque<CaptureKind> captures = new ArrayDeque<>();
  private long offered;
  private long nextEpoch;
  private long helloId = 100;

  PrimaryRig() {
    this(false);
  }

  PrimaryRig(boolean streams) {
    session =
        new PrimarySession(
            PrimarySettings.of(TIMEOUT_NS).withStreams(streams),
            SELF,
            register,
            0,
            8,
            this,
            this::onState,
            nowNs);
    servedBeforeItBegan = servesLocally;
    session.begin(nowNs);
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long atNs, String why) {
    states.add((PrimaryState) to);
    reason = why;
  }

  // ---- time

  void cycle() {
    nowNs += MS;
    session.cycleStart(nowNs);
    for (int i = answers.size(); i > 0; i--) {
      answers.poll().run();
    }
    if (isBackupAlive && session.linkSession() != 0) {
      session.admits(session.generation(), session.linkSession());
    }
    for (int i = captures.size(); i > 0; i--) {
      capture(captures.poll());
    }
    if (isBackupAlive && acks && session.linkSession() != 0 && nextEpoch > 0) {
      session.onAck(nextEpoch - 1);
    }
    if (saved != null && saved.isEmpty()) {
      session.onSaved();
    } else if (saved != null) {
      session.onSaveFailed(saved);
    }
    session.doWork(nowNs);
  }

  private void capture(CaptureKind kind) {
    boolean isRound = kind == CaptureKind.ROUND;
    long epoch = isRound ? 0 : nextEpoch;
    if (session.onCaptured(session.copy(), kind, epoch)) {
      nextEpoch += isRound ? 0 : 1;
      session.onShipped(session.copy(), kind, epoch, 1);
    }
  }

  void cycles(int count) {
    for (int i = 0; i < count; i++) {
      cycle();
    }
  }

  void await(PrimaryState state) {
    for (int i = 0; i < 60_000 && session.state() != state; i++) {
      cycle();
    }
    assertThat(session.state()).as("after " + states + ": " + reason).isEqualTo(state);
  }

  // ---- the backup

  /** The backup has memory that a copy may go over. */
  boolean hasBase;

  /** A new attempt of the backup; true if it was accepted. */
  boolean hello() {
    return hello(false);
  }

  private boolean hello(boolean whole) {
    refusal = null;
    offered = 0;
    session.onHello(
        new PeerHello(
            BACKUP,
            ++helloId,
            REGISTER_ID,
            whole ? SELF.incarnation() : 0,
            whole ? lastSession : 0,
            whole ? nextEpoch - 1 : -1,
            0,
            whole,
            hasBase,
            null,
            null));
    return offered != 0;
  }

  /** The backup answers in the link session that it was offered. */
  void answer() {
    session.admits(session.generation(), offered);
  }

  private long lastSession;

  PrimaryRig syncing() {
    assertThat(hello()).as(refusal).isTrue();
    session.admits(session.generation(), offered);
    lastSession = offered;
    await(PrimaryState.SYNCING);
    return this;
  }

  PrimaryRig protectedPair() {
    syncing();
    await(PrimaryState.PROTECTED);
    cycles(5);
    return this;
  }

  /** The next checkpoint of a protected pair. */
  void checkpoint() {
    captures.add(CaptureKind.CHECKPOINT);
  }

  void resume() {
    assertThat(hello(true)).as(refusal).isTrue();
    session.admits(session.generation(), offered);
    lastSession = offered;
    cycle();
  }

  void goodbye(Goodbye why) {
    session.onGoodbye(why, "told");
  }

  /** Its process is gone: the monitor's reconnect is refused. */
  void killBackup() {
    isBackupAlive = false;
    session.events().onMonitorConnected(BACKUP.incarnation());
    session.events().onMonitorClosed(BACKUP.incarnation());
    cycle();
    session.events().onMonitorRefused();
    cycle();
  }

  boolean did(String what) {
    return done.stream().anyMatch(line -> line.startsWith(what));
  }

  // ---- the arbiter

  @Override
  public String describe() {
    return "file /of-primary";
  }

  @Override
  public void readRegister(long request) {
    reads++;
    Register seen = register;
    answer(request, () -> session.events().onRegister(request, seen));
  }

  @Override
  public void compareAndSet(long request, Register next) {
    boolean fits = register != null && register.generation() == next.generation() - 1;
    if (fits && isArbiterUp && !isArbiterFailing) {
      register = next;
    }
    answer(request, () -> session.events().onWritten(request, fits));
  }

  private void answer(long request, Runnable answer) {
    if (isArbiterFailing) {
      answers.add(() -> session.events().onArbiterFailed(request));
    } else if (isArbiterUp) {
      answers.add(answer);
    }
  }

  @Override
  public RegisterPort arbiter() {
    return this;
  }

  // ---- what the session has done

  @Override
  public void sendHelloReply(
      PeerHello hello, long generation, long linkSession, boolean resume, long lastInputReceived) {
    offered = linkSession;
  }

  @Override
  public void sendHelloReject(PeerHello hello, long generation, Reject code, String text) {
    refusal = code + ": " + text;
  }

  @Override
  public boolean sendHeartbeat(long generation, long linkSession) {
    if (isLinkFull) {
      return false;
    }
    done.add("heartbeat");
    return true;
  }

  @Override
  public void sendProtected(long generation, long linkSession, long protectedGeneration) {
    done.add("protected " + protectedGeneration);
  }

  @Override
  public void sendGoodbye(long generation, long linkSession, Goodbye why, String text) {
    done.add("goodbye " + why);
    goodbyeSession = linkSession;
  }

  @Override
  public void useLink(long generation, long linkSession) {}

  @Override
  public void startCopy(long copy) {
    done.add("startCopy");
    if (copyError != null) {
      throw copyError;
    }
    nextEpoch = 0;
    captures.clear();
  }

  @Override
  public void awaitBase() {
    done.add("awaitBase");
  }

  @Override
  public void requestCapture(CaptureKind kind) {
    done.add("capture " + kind);
    captures.add(kind);
  }

  @Override
  public void resumeGuest(boolean paced) {
    done.add("resumeGuest");
  }

  @Override
  public boolean isOutputSettled() {
    return isSettled;
  }

  @Override
  public long inputLingerNs() {
    return lingerNs;
  }

  @Override
  public void passInputsOn(boolean on) {
    done.add("passInputsOn " + on);
  }

  @Override
  public void stopCopy() {
    if (stopErrors > 0) {
      stopErrors--;
      throw new OutOfMemoryError("to stop a copy");
    }
    captures.clear();
  }

  @Override
  public void resend(long afterEpoch, long afterOutput) {
    done.add("resend");
  }

  @Override
  public void forgetRetained(long epoch) {}

  @Override
  public void releaseOutput(long epoch) {
    done.add("release " + epoch);
  }

  @Override
  public void openGate() {
    done.add("openGate");
  }

  @Override
  public void saveGuest(long copy) {
    done.add("save");
  }

  @Override
  public boolean abandonSave() {
    done.add("abandonSave");
    return !isWritten && !"".equals(saved);
  }

  @Override
  public void discardOutput() {
    done.add("discard");
  }

  @Override
  public void serveLocally(boolean on) {
    servesLocally = on;
  }

  @Override
  public void closeRemoteSessions() {}

  @Override
  public void stopGuest(String why) {
    done.add("stopGuest");
  }
}
