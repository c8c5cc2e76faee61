package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.understudy.node.config.Endpoint;
import org.understudy.node.config.NodeConfig;
import org.understudy.pair.arbiter.Arbiter;

/** Opens the arbiter that a configuration names. */
public final class Arbiters {
  private Arbiters() {}

  /** The register of this node's pair; nothing is written. */
  public static Arbiter open(NodeConfig config) throws IOException {
    NodeConfig.ArbiterPlace place = config.arbiter();
    return switch (place.kind()) {
      case FILE -> new FileArbiter(place.directory());
      case ETCD -> new EtcdArbiter(cluster(place), config.node().pair());
      case ZOOKEEPER -> new ZooKeeperArbiter(cluster(place), config.node().pair());
    };
  }

  private static ArbiterCluster cluster(NodeConfig.ArbiterPlace place) {
    NodeConfig.ArbiterTls tls = place.tls();
    return new ArbiterCluster(
        place.endpoints().stream().map(Endpoint::toString).toList(),
        place.path(),
        place.user(),
        pathOrNull(place.passwordFile()),
        tls.authority().isEmpty()
            ? null
            : new TlsFiles(
                Path.of(tls.authority()), pathOrNull(tls.certificate()), pathOrNull(tls.key())),
        Duration.ofNanos(place.timeoutNs()));
  }

  private static Path pathOrNull(String text) {
    return text.isEmpty() ? null : Path.of(text);
  }
}
