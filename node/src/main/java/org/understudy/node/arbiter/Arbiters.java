package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.understudy.node.config.Endpoint;
import org.understudy.node.config.NodeConfig;

/** Opens the arbiter that a configuration names. */
public final class Arbiters {
  private Arbiters() {}

  /** The register of this node's pair; nothing is written. */
  public static RegisterStore open(NodeConfig config) throws IOException {
    NodeConfig.ArbiterPlace place = config.arbiter();
    return switch (place.kind()) {
      case FILE -> new FileArbiter(place.directory());
      case ETCD -> ClusterArbiter.etcd(cluster(place), config.node().pair());
      case ZOOKEEPER -> ClusterArbiter.zookeeper(cluster(place), config.node().pair());
    };
  }

  /** The same for somebody who only looks: a directory that is missing is not made. */
  public static RegisterStore openToLook(NodeConfig config) throws IOException {
    NodeConfig.ArbiterPlace place = config.arbiter();
    if (place.kind() == NodeConfig.ArbiterKind.FILE && !Files.isDirectory(place.directory())) {
      throw new IOException(
          "arbiter.dir "
              + place.directory()
              + " does not exist: no node has written there yet, or it is not mounted");
    }
    return open(config);
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
