package org.understudy.simulation.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.understudy.backup.session.BackupState;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.primary.session.PrimaryState;

/**
 * A primary and its backups in one process with a fake guest, driven by the test's thread. Every
 * wait looks for violations and failed guests, and has a limit.
 */
final class EnginePair implements AutoCloseable {
  private static final long LIMIT_NS = 40_000_000_000L;

  final PairOptions options;
  final long seed = Long.getLong("understudy.engine.seed", System.nanoTime());
  final MemoryArbiter arbiter = new MemoryArbiter();
  final Outside outside = new Outside();
  final List<EngineNode> nodes = new ArrayList<>();

  EnginePair(PairOptions options) {
    this.options = options;
    EngineNode first = node("a");
    first.startPrimary(seed);
  }

  private EngineNode node(String name) {
    EngineNode node = new EngineNode(this, name);
    nodes.add(node);
    return node;
  }

  /** A pair that is protected. */
  static EnginePair ofProtected(PairOptions options) {
    EnginePair pair = new EnginePair(options);
    pair.addBackup(pair.first(), "b");
    pair.awaitProtected(pair.first(), pair.second());
    return pair;
  }

  EngineNode addBackup(EngineNode primary, String name) {
    EngineNode backup = node(name);
    backup.link.connect(primary.link);
    backup.startBackup();
    backup.monitor().onPeerConnected(primary.id);
    primary.monitor().onPeerConnected(backup.id);
    return backup;
  }

  EngineNode first() {
    return nodes.get(0);
  }

  EngineNode second() {
    return nodes.get(1);
  }

  void awaitProtected(EngineNode primary, EngineNode backup) {
    await(
        "protected", () -> primary.is(PrimaryState.PROTECTED) && backup.is(BackupState.PROTECTED));
  }

  /** The guest makes so many steps, and every one of them is committed. */
  void runCommitted(EngineNode primary, EngineNode backup, long steps) {
    FakeGuest guest = primary.guest();
    long target = guest.stepsMade() + steps;
    guest.runTo(target);
    await(
        steps + " steps are committed", () -> backup.type.fakeStandby().lastDiskWrite() == target);
  }

  /** The process is killed, and its peer sees the connection refused. */
  void kill(EngineNode node, EngineNode peer) {
    node.kill();
    peer.seesRefused(node.id);
  }

  void await(String what, BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + LIMIT_NS;
    while (!condition.getAsBoolean()) {
      cycle();
      check();
      if (System.nanoTime() - deadlineNs > 0) {
        throw new AssertionError("not within the limit: " + what + describe());
      }
    }
    check();
  }

  /** So many cycles of every node; returns nothing, asserts that nothing is violated. */
  void cycles(int count) {
    for (int i = 0; i < count; i++) {
      cycle();
      check();
    }
  }

  private void cycle() {
    int work = 0;
    for (EngineNode node : List.copyOf(nodes)) {
      work += node.cycle();
    }
    if (work == 0) {
      LockSupport.parkNanos(20_000);
    }
  }

  private void check() {
    for (EngineNode node : nodes) {
      if (node.failure() != null && node.isAlive()) {
        throw new AssertionError("guest of " + node.id + " failed" + describe(), node.failure());
      }
    }
    if (!outside.violations().isEmpty()) {
      throw new AssertionError(outside.violations().getFirst() + describe());
    }
  }

  private String describe() {
    StringBuilder text = new StringBuilder(" (seed " + seed + ", register " + arbiter.now() + ")");
    for (EngineNode node : nodes) {
      text.append("\n  ").append(node.id).append(' ').append(node.states);
      if (node.guest() != null) {
        text.append(" step ").append(node.guest().stepsMade());
      }
      text.append(" disk ").append(node.type.fakeStandby().lastDiskWrite());
    }
    return text.toString();
  }

  // ---- who owns the guest

  void write(Register register) {
    try {
      arbiter.compareAndSet(register);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  boolean isSolo(NodeId node) {
    return arbiter.now().ownership() instanceof Ownership.Solo(NodeId owner) && owner.equals(node);
  }

  /** Steps that any backup has committed. */
  long committedSteps() {
    long most = -1;
    for (int i = 0; i < nodes.size(); i++) {
      most = Math.max(most, nodes.get(i).type.fakeStandby().lastDiskWrite());
    }
    return most;
  }

  @Override
  public void close() {
    nodes.forEach(EngineNode::close);
  }
}
