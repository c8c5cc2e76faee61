package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.load.FinalDump;
import org.understudy.lab.load.LoadOptions;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;

/** A small pair of real processes for one test, and the verbs that tests need. */
final class RunningPair implements AutoCloseable {
  static final long TIMEOUT_MS = 60_000;
  static final int KEYS = 2_000;
  private static final long MEMORY_BYTES = 32L << 20;
  private static final int CONNECTIONS = 20;

  private static final NodeStatus NOTHING =
      new NodeStatus(
          "", "", 0, "", null, "", 0, 0, "", "", "", null, null, null, null, null, null, null, null,
          0, null, null, 0, 0, null);

  final DemoPair pair;

  /** Starts it and waits until it is protected. */
  RunningPair(Path directory, String... settings) throws IOException, InterruptedException {
    this(new DemoPair(directory, settings(settings)));
    try {
      pair.start();
      awaitProtected();
    } catch (IOException | InterruptedException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  /** One that somebody else starts. */
  RunningPair(DemoPair pair) {
    this.pair = pair;
  }

  static PairSettings settings(String... more) {
    return new PairSettings("understudy", MEMORY_BYTES, List.of(more));
  }

  void awaitProtected() throws IOException, InterruptedException {
    pair.awaitProtected(TIMEOUT_MS, line -> {});
  }

  /** A load at a modest rate that uses the backup's front. */
  LoadThread load(long seed) throws IOException, InterruptedException {
    LoadOptions options =
        new LoadOptions(
            List.of(pair.backupFront(), pair.primaryFront()),
            CONNECTIONS,
            KEYS,
            1,
            seed,
            MEMORY_BYTES / 3);
    LoadThread load = new LoadThread(options, 1_500);
    load.awaitAnswers(KEYS);
    return load;
  }

  /** Ends the load, reads every key back from this front and judges the whole history. */
  static Verdict judge(LoadThread load, java.net.InetSocketAddress front)
      throws IOException, InterruptedException {
    History history = load.finish();
    FinalDump.read(front, history, null, load::nowNs);
    return HistoryChecker.check(history);
  }

  static Jedis jedis(java.net.InetSocketAddress front) {
    return new Jedis(front.getHostString(), front.getPort(), (int) TIMEOUT_MS);
  }

  /** The status that this very process wrote; fails if the process has ended. */
  static NodeStatus status(NodeProcess node) throws IOException {
    NodeStatus status = node.status().orElse(NOTHING);
    return status.pid() == node.pid() ? status : NOTHING;
  }

  static void awaitState(NodeProcess node, NodeState state) throws InterruptedException {
    Await.until(
        "node " + node.name() + " " + state,
        TIMEOUT_MS,
        () -> {
          if (!node.isAlive()) {
            throw node.diedError();
          }
          return status(node).state() == state;
        });
  }

  static void awaitTakeover(NodeProcess node) throws InterruptedException {
    Await.until(
        "takeover by node " + node.name(),
        TIMEOUT_MS,
        () -> {
          if (!node.isAlive()) {
            throw node.diedError();
          }
          return !status(node).takeovers().isEmpty();
        });
  }

  /** Files of a guest's memory that are there, held or not. */
  static int kept(String registerId) throws IOException {
    String pattern = "understudy-%016x-*".formatted(Long.parseUnsignedLong(registerId, 16));
    int count = 0;
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(SharedMemoryFile.DIRECTORY, pattern)) {
      for (Path file : files) {
        count += Files.isRegularFile(file) ? 1 : 0;
      }
    }
    return count;
  }

  @Override
  public void close() {
    pair.close();
  }
}
