package org.understudy.node.role;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.run.RunDirectory;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import org.understudy.pair.ownership.NodeId;

/**
 * Writes the status file several times a second and at once after a change of state. Has a thread
 * of its own: it allocates, and it may wait for a slow disk.
 */
final class StatusReporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.status");
  private static final long INTERVAL_MS = 100;

  private final NodeConfig config;
  private final NodeId self;
  private final RunDirectory directory;
  private final Consumer<StatusDraft> source;
  private final long startedAtUs = nowUs();
  private final Thread thread;
  private final Object signal = new Object();
  private final UnprotectedReminder reminder;
  private NodeState state = NodeState.STARTING;
  private long stateAtUs = startedAtUs;
  private long protectionAtUs = startedAtUs;
  private volatile NodeStatus latest;
  private boolean changed;
  private boolean closed;
  private boolean failing;

  StatusReporter(
      NodeConfig config, NodeId self, RunDirectory directory, Consumer<StatusDraft> source) {
    this.config = config;
    this.self = self;
    this.directory = directory;
    this.source = source;
    reminder = new UnprotectedReminder(config.node().unprotectedReminderNs());
    latest = toStatus(new StatusDraft());
    thread = Thread.ofPlatform().name("status").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  static long nowUs() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** A state changed: write soon. Any thread; never waits for the file. */
  void changed() {
    synchronized (signal) {
      changed = true;
      signal.notifyAll();
    }
  }

  private void run() {
    while (awaitNext()) {
      write(System.nanoTime());
    }
  }

  private boolean awaitNext() {
    synchronized (signal) {
      if (!changed && !closed) {
        try {
          signal.wait(INTERVAL_MS);
        } catch (InterruptedException e) {
          return false;
        }
      }
      changed = false;
      return !closed;
    }
  }

  private synchronized void write(long now) {
    StatusDraft draft = new StatusDraft();
    source.accept(draft);
    note(draft.state);
    latest = toStatus(draft);
    if (reminder.isDue(latest.role().equals(StatusDraft.PRIMARY), latest.state(), now)) {
      LOG.warn(
          "the guest runs without a copy since {} ({}): should this node die, the guest is lost."
              + " A backup at {} would protect it",
          Instant.EPOCH.plus(protectionAtUs, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS),
          latest.reason(),
          config.peer().replication());
    }
    try {
      directory.status().write(latest);
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        LOG.warn("cannot write the status file in {}: {}", directory.path(), e.toString());
      }
      failing = true;
    }
  }

  private NodeStatus toStatus(StatusDraft draft) {
    return new NodeStatus(
        self.name(),
        Long.toHexString(self.incarnation()),
        ProcessHandle.current().pid(),
        draft.role,
        draft.state,
        draft.reason,
        nowUs(),
        startedAtUs,
        config.preset().name(),
        config.epoch().mode().name().toLowerCase(java.util.Locale.ROOT),
        draft.tracker,
        draft.ownership,
        draft.sync,
        draft.replication,
        draft.latency,
        draft.memory,
        draft.front,
        draft.takeovers,
        draft.verify,
        processCpuUs(),
        draft.vm,
        draft.link,
        stateAtUs,
        protectionAtUs,
        draft.peer);
  }

  /** When the state of this draft came about; the status thread's alone. */
  private void note(NodeState now) {
    if (now != state) {
      stateAtUs = nowUs();
      boolean isTurned = (now == NodeState.PROTECTED) != (state == NodeState.PROTECTED);
      protectionAtUs = isTurned ? stateAtUs : protectionAtUs;
      state = now;
    }
  }

  /** The status as last written; any thread. */
  NodeStatus latest() {
    return latest;
  }

  private static long processCpuUs() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1_000
        : 0;
  }

  /** Writes a last time. */
  @Override
  public void close() {
    synchronized (signal) {
      closed = true;
      signal.notifyAll();
    }
    write(System.nanoTime());
  }
}
