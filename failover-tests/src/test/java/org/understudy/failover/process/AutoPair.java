package org.understudy.failover.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import redis.clients.jedis.Jedis;

/** Two nodes whose role is whatever the register says, each started by one command. */
final class AutoPair implements AutoCloseable {
  final PairLayout layout;
  private final Map<Place, NodeProcess> nodes = new EnumMap<>(Place.class);

  AutoPair(Path directory) throws IOException {
    layout = new PairLayout(directory, RunningPair.settings());
  }

  /** Both, and the copy is whole. */
  AutoPair protectedPair() throws IOException, InterruptedException {
    start(Place.B);
    start(Place.A, "--start-as", "primary");
    awaitProtected(Place.A, Place.B);
    return this;
  }

  NodeProcess node(Place place) {
    return nodes.get(place);
  }

  NodeProcess start(Place place, String... arguments) throws IOException {
    return start(place, List.of(), arguments);
  }

  /** With settings that are stronger than those of the pair. */
  NodeProcess start(Place place, List<String> settings, String... arguments) throws IOException {
    Path config = layout.write(place, NodeConfig.Role.AUTO);
    Files.write(config, settings, StandardOpenOption.APPEND);
    NodeProcess node =
        NodeProcess.start(place.node(), layout.directory(place), config, List.of(), arguments);
    nodes.put(place, node);
    return node;
  }

  void awaitProtected(Place primaryPlace, Place backupPlace) throws InterruptedException {
    NodeProcess primary = node(primaryPlace);
    NodeProcess backup = node(backupPlace);
    Await.until(
        primary.name() + " protected by " + backup.name(),
        RunningPair.TIMEOUT_MS,
        () -> {
          for (NodeProcess node : new NodeProcess[] {primary, backup}) {
            if (!node.isAlive()) {
              throw node.diedError();
            }
          }
          return isProtected(primary, "primary") && isProtected(backup, "backup");
        });
  }

  private static boolean isProtected(NodeProcess node, String role) throws IOException {
    NodeStatus status = RunningPair.status(node);
    return status.state() == NodeState.PROTECTED && status.role().equals(role);
  }

  void write(Place backup, String value) {
    try (Jedis client = RunningPair.jedis(layout.front(backup))) {
      client.set("key", value);
    }
  }

  String read(Place backup) {
    try (Jedis client = RunningPair.jedis(layout.front(backup))) {
      return client.get("key");
    }
  }

  @Override
  public void close() {
    for (NodeProcess node : nodes.values()) {
      node.close();
      node.forgetGuest();
    }
  }
}
