package org.understudy.simulation.engine;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SystemNanoClock;
import org.understudy.backup.agent.BackupAgent;
import org.understudy.backup.agent.BackupContext;
import org.understudy.backup.agent.BackupObserver;
import org.understudy.backup.agent.Successor;
import org.understudy.backup.session.BackupSettings;
import org.understudy.backup.session.BackupState;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.arbiter.ArbiterWorker;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.primary.agent.GuestSaver;
import org.understudy.primary.agent.PrimaryAgent;
import org.understudy.primary.agent.PrimaryContext;
import org.understudy.primary.agent.PrimaryObserver;
import org.understudy.primary.session.PrimarySettings;
import org.understudy.primary.session.PrimaryState;
import org.understudy.protocol.monitor.DeferredMonitor;
import org.understudy.protocol.monitor.PeerMonitorListener;
import org.understudy.protocol.wire.GuestTerms;

/** One process of a pair under test: agents, link, front, and nothing of the node's program. */
final class EngineNode implements AutoCloseable {
  static final long TIMEOUT_NS = 1_000_000_000L;

  final NodeId id;
  final MemoryLink link;
  final FakeGuestType type;
  final FakeFront front;
  final List<String> states = new ArrayList<>();

  private final DeferredMonitor seen = new DeferredMonitor();
  private final EnginePair pair;
  private final ArbiterWorker worker;
  private PrimaryAgent primary;
  private BackupAgent backup;
  private Guest guest;
  private volatile int verified;
  private boolean alive = true;
  private boolean stopped;
  private GuestMemory image;
  private boolean spoiled;
  private NodeId refused;
  private Restored restored;

  EngineNode(EnginePair pair, String name) {
    this.pair = pair;
    id = new NodeId(name, name.hashCode() * 7919L + 1);
    link = new MemoryLink(pair.options.linkBytes());
    front = new FakeFront(pair.outside, name, this::replyIsEarly);
    type = new FakeGuestType(pair.options, this::frameLeaves, front);
    worker = new ArbiterWorker(pair.arbiter, () -> {}, e -> {});
  }

  private long replyIsEarly(long epoch) {
    boolean solo = epoch < 0 && pair.isSolo(id);
    return solo || backup != null && epoch >= 0 && epoch <= backup.imageEpoch() ? 0 : 1;
  }

  private void frameLeaves(long number) {
    if (!pair.isSolo(id) && number > pair.committedSteps()) {
      pair.outside.violation("frame " + number + " left " + id + " before its commit");
    }
    pair.outside.frame(number, id.name());
  }

  // ---- roles

  void startPrimary(long seed) {
    FakeGuest made = (FakeGuest) type.create();
    made.state().seed(seed);
    Register register = new Register(77, 1, new Ownership.Solo(id));
    pair.write(register);
    worker.onStart(register);
    becomePrimary(made, newPrimary(made, register, 0));
    primary.begin();
    primary.startGuest();
  }

  private PrimaryAgent newPrimary(Guest newGuest, Register register, long lastInput) {
    return new PrimaryAgent(primaryContext(), newGuest, register, lastInput, System.nanoTime());
  }

  private void becomePrimary(Guest newGuest, PrimaryAgent agent) {
    guest = newGuest;
    primary = agent;
    link.listen(primary);
    seen.bringTo(primary.events());
  }

  private PrimaryContext primaryContext() {
    PairOptions options = pair.options;
    return new PrimaryContext(
        id,
        "pair",
        terms(),
        options.codec(),
        options.pacing(),
        PrimarySettings.of(TIMEOUT_NS),
        options.verify(),
        options.stagingBytes(),
        options.inputLogBytes() * 2,
        link,
        worker,
        (machine, from, to, nowNs, reason) -> states.add(to + ": " + reason),
        PrimaryObserver.NONE,
        (digest, epoch) -> {},
        GuestSaver.none("there is nowhere to save it"),
        SystemNanoClock.INSTANCE,
        () -> {});
  }

  private GuestTerms terms() {
    return new GuestTerms(
        type.description().type(),
        type.description().stateFormatVersion(),
        type.description().layout().regions().stream()
            .map(region -> new GuestTerms.Region(region.name(), region.lengthBytes()))
            .toList(),
        type.description().deterministic(),
        type.description().gatedOnBackup());
  }

  void startBackup() {
    PairOptions options = pair.options;
    backup =
        new BackupAgent(
            new BackupContext(
                id,
                "pair",
                0,
                terms(),
                "",
                BackupSettings.of(TIMEOUT_NS),
                new BackupContext.Limits(options.inputLogBytes(), 256L << 20, 4 << 20, 4 << 20),
                this::newImage,
                type.standby(),
                front,
                this::restore,
                link,
                worker,
                (machine, from, to, nowNs, reason) -> states.add(to + ": " + reason),
                new Verifier(),
                SystemNanoClock.INSTANCE),
            System.nanoTime());
    link.listen(backup);
    seen.bringTo(backup.events());
  }

  private GuestMemory newImage(long registerId) {
    image = type.newMemory();
    return image;
  }

  /**
   * One byte of the image changes by itself, as by a bad memory module; one that the guest never
   * writes, else the next epoch might mend it.
   */
  void spoilImage() {
    spoiled = true;
    long untouched = FakeState.HEADER_BYTES - 1;
    byte before = image.segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, untouched);
    image.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, untouched, (byte) ~before);
  }

  private Successor restore(
      GuestMemory memory, DirectBuffer state, int length, long inputPosition, long stampNs) {
    Guest made = type.restore(memory, state, length, inputPosition, stampNs);
    restored =
        new Restored(made, newPrimary(made, backup.session().wonRegister(), backup.lastInput()));
    restored.agent().succeeds(backup.lateMirrors());
    restored.agent().startGuest();
    return restored;
  }

  private final class Verifier implements BackupObserver {
    @Override
    public void onVerified(long epoch, byte[] ofPrimary, byte[] ofImage) {
      if (!spoiled && !java.util.Arrays.equals(ofPrimary, ofImage)) {
        pair.outside.violation("image differs from the primary's memory at epoch " + epoch);
      }
      verified++;
    }
  }

  /** What the restored guest goes on under. */
  private record Restored(Guest guest, PrimaryAgent agent) implements Successor {
    @Override
    public Throwable guestFailure() {
      return agent.guestFailure();
    }

    @Override
    public void close() {
      agent.close();
    }
  }

  // ---- the duty cycle

  int cycle() {
    if (!alive) {
      return 0;
    }
    long nowNs = System.nanoTime();
    int work;
    if (primary != null) {
      primary.cycleStart(nowNs);
      seen.deliver();
      work = link.doWork();
      monitorWork();
      work += primary.doWork();
    } else {
      backup.cycleStart(nowNs);
      seen.deliver();
      work = link.doWork();
      monitorWork();
      work += backup.doWork();
      takeOverIfWon();
    }
    return work;
  }

  private void takeOverIfWon() {
    if (backup.state() == BackupState.SOLO) {
      becomePrimary(restored.guest(), restored.agent());
      primary.begin();
    }
  }

  // ---- faults

  /** The process is gone: like SIGKILL, its guest with it. */
  void kill() {
    alive = false;
    link.up(false);
    if (guest != null) {
      guest.close();
    }
  }

  /** The monitor's connection closes, and its reconnect is refused: within one duty cycle. */
  void seesRefused(NodeId peer) {
    refused = peer;
  }

  private void monitorWork() {
    if (refused != null) {
      seen.onConnectionClosed(refused);
      seen.onReconnectRefused(refused);
      refused = null;
    }
  }

  /** The process stands still, or goes on; its guest's thread does not (frames are gated). */
  void frozen(boolean value) {
    alive = !value;
  }

  // ---- views

  PrimaryAgent primary() {
    return primary;
  }

  BackupAgent backup() {
    return backup;
  }

  PeerMonitorListener monitor() {
    return seen;
  }

  /** The guest of a takeover that is not done yet, or null. */
  FakeGuest restored() {
    return restored == null ? null : (FakeGuest) restored.guest();
  }

  FakeGuest guest() {
    return (FakeGuest) guest;
  }

  boolean is(PrimaryState state) {
    return primary != null && primary.state() == state;
  }

  boolean is(BackupState state) {
    return primary == null && backup.state() == state;
  }

  int verified() {
    return verified;
  }

  boolean isAlive() {
    return alive;
  }

  Throwable failure() {
    return primary == null ? null : primary.guestFailure();
  }

  @Override
  public void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    if (primary != null) {
      primary.close();
    }
    if (backup != null) {
      backup.close();
    }
    worker.close();
  }
}
