package org.understudy.backup.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;

/**
 * A backup's session driven by hand: the test is its primary, its arbiter and its clock. One cycle
 * is one millisecond; what the arbiter is asked is answered in the next one.
 */
final class BackupRig implements BackupActions, RegisterPort {
  static final long MS = 1_000_000;
  static final long TIMEOUT_NS = 1000 * MS;
  static final long REGISTER_ID = 0x77;
  static final NodeId SELF = new NodeId("b", 2);
  static final NodeId PRIMARY = new NodeId("p", 1);
  static final long LINK_SESSION = 66;

  final List<String> done = new ArrayList<>();
  final List<BackupState> states = new ArrayList<>();
  final BackupSession session;

  /** What the arbiter shows; null if nothing was ever written. */
  Register register = solo(1);

  boolean isArbiterUp = true;
  boolean isArbiterFailing;
  boolean isPrimaryAlive = true;
  boolean canCommit = true;
  boolean isConnected = true;
  boolean isLinkFull;
  long heartbeats;
  long reads;
  long nowNs;
  String reason;
  HelloContent hello;
  private final ArrayDeque<Runnable> answers = new ArrayDeque<>();
  long generation;
  private long linkSession;

  BackupRig() {
    this(REGISTER_ID);
  }

  BackupRig(long ownRegisterId) {
    session =
        new BackupSession(
            BackupSettings.of(TIMEOUT_NS), SELF, ownRegisterId, 8, this, this::onState, nowNs);
  }

  private void onState(String machine, Enum<?> from, Enum<?> to, long atNs, String why) {
    states.add((BackupState) to);
    reason = why;
    isFrontOpenIn.put((BackupState) to, isFrontOpen);
  }

  static Register solo(long generation) {
    return new Register(REGISTER_ID, generation, new Ownership.Solo(PRIMARY));
  }

  static Register naming(long generation) {
    return new Register(REGISTER_ID, generation, new Ownership.Protected(PRIMARY, SELF));
  }

  // ---- time

  void cycle() {
    nowNs += MS;
    session.cycleStart(nowNs);
    for (int i = answers.size(); i > 0; i--) {
      answers.poll().run();
    }
    if (isPrimaryAlive) {
      session.admits(generation, LINK_SESSION);
    }
    session.doWork(nowNs);
  }

  void cycles(int count) {
    for (int i = 0; i < count; i++) {
      cycle();
    }
  }

  void await(BackupState state) {
    for (int i = 0; i < 60_000 && session.state() != state; i++) {
      cycle();
    }
    assertThat(session.state()).as("after " + states + ": " + reason).isEqualTo(state);
  }

  /** Whether clients could connect at the moment in which a state was told, by the state. */
  final Map<BackupState, Boolean> isFrontOpenIn = new EnumMap<>(BackupState.class);

  private boolean isFrontOpen;

  /** There is memory that a copy may go over. */
  boolean hasBase;

  // ---- the primary

  /** Answers the Hello that is open. */
  void answer(long ofGeneration, boolean resume) {
    session.onHelloReply(
        new HelloAnswer(
            PRIMARY,
            hello.helloId(),
            REGISTER_ID,
            ofGeneration,
            LINK_SESSION,
            resume,
            !resume && hello.hasBase(),
            0,
            "file /of-primary"));
  }

  BackupRig syncing() {
    cycle();
    generation = 1;
    answer(1, false);
    await(BackupState.SYNCING);
    return this;
  }

  /** Epoch 0 is committed here, and the standby could take over. */
  BackupRig whole() {
    syncing();
    checkpoint(0, CaptureKind.CHECKPOINT);
    session.onStandbyReady();
    await(BackupState.WHOLE);
    return this;
  }

  BackupRig protectedHere() {
    whole();
    cycles(5);
    register = naming(2);
    named();
    await(BackupState.PROTECTED);
    cycles(5);
    return this;
  }

  /** The primary, alone in that generation, says that it has given the copy up. */
  void letGo() {
    if (session.admits(generation, LINK_SESSION)) {
      session.onGoodbye(Goodbye.RESIGN, "that copy was given up");
    }
  }

  /** The primary says that its write landed. */
  void named() {
    if (session.admits(1, LINK_SESSION)) {
      session.onProtected(2);
    }
    generation = 2;
  }

  void checkpoint(long epoch, CaptureKind kind) {
    if (session.admits(generation, LINK_SESSION)
        && session.onCheckpointBegin(epoch, 0, kind)
        && session.onCheckpointEnd(epoch)) {
      session.onVerified();
    }
  }

  void breakLink() {
    session.events().onLinkDown();
    await(BackupState.LINK_LOST);
  }

  /** Its process is gone: the monitor's reconnect is refused. */
  void kill() {
    isPrimaryAlive = false;
    session.events().onMonitorConnected(PRIMARY.incarnation());
    session.events().onMonitorClosed(PRIMARY.incarnation());
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
    return "file /of-backup";
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
  public void sendHello(HelloContent newHello) {
    hello = newHello;
  }

  @Override
  public boolean isConnected() {
    return isConnected;
  }

  @Override
  public void renewLink() {
    done.add("renew");
  }

  @Override
  public boolean sendHeartbeat(long ofGeneration, long ofSession) {
    if (isLinkFull) {
      return false;
    }
    heartbeats++;
    return true;
  }

  @Override
  public void sendAck(long ofGeneration, long ofSession, long epoch) {
    done.add("ack " + epoch);
  }

  @Override
  public void sendOutputAck(long ofGeneration, long ofSession, long sequence) {}

  @Override
  public void sendGoodbye(long ofGeneration, long ofSession, Goodbye why, String text) {
    done.add("goodbye " + why);
  }

  @Override
  public void useLink(long newGeneration, long newSession) {
    linkSession = newSession;
  }

  long linkSession() {
    return linkSession;
  }

  @Override
  public boolean hasBase() {
    return hasBase;
  }

  @Override
  public void startImage(HelloAnswer answer) {
    done.add(answer.overBase() ? "startImage over base" : "startImage");
  }

  @Override
  public void resendInputs(long afterInput) {
    done.add("resend");
  }

  @Override
  public void abortStaging() {}

  @Override
  public String takeRound() {
    return null;
  }

  @Override
  public String prepareCommit(long epoch) {
    return canCommit ? null : "no space left";
  }

  @Override
  public void commit(long epoch) {
    done.add("commit " + epoch);
  }

  @Override
  public void releaseOutput(long epoch) {
    done.add("release " + epoch);
  }

  @Override
  public void acceptClients(boolean on) {
    isFrontOpen = on;
  }

  @Override
  public void discard(String why) {
    done.add("discard");
  }

  @Override
  public void endClients(String why) {
    done.add("endClients");
  }

  @Override
  public void takeOver() {
    done.add("takeOver");
  }
}
