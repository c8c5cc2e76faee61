package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.Optional;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Register;

/**
 * The register as one persistent node of a ZooKeeper ensemble. A write names the node's version, so
 * that of all who read the same generation one wins. Ephemeral nodes and locks are not used: a
 * session that expired would let two nodes believe.
 */
public final class ZooKeeperArbiter implements Arbiter {
  private final ZooKeeperClient ensemble;
  private final String path;
  private final RegisterText text;

  /** The register of a pair; connects with the first call. */
  public ZooKeeperArbiter(ArbiterCluster cluster, String pair) {
    this.ensemble = new ZooKeeperClient(cluster);
    this.path = cluster.path() + "/" + pair;
    this.text =
        new RegisterText(
            "node " + path + " of " + ensemble,
            "if both nodes are down and their guest may be given up, remove it (zkCli.sh delete)");
  }

  @Override
  public Optional<Register> read() throws IOException {
    ZooKeeperClient.Value value = ensemble.get(path);
    return value == null ? Optional.empty() : Optional.of(text.parse(value.bytes()));
  }

  @Override
  public boolean compareAndSet(Register next) throws IOException {
    ZooKeeperClient.Value value = ensemble.get(path);
    Register current = value == null ? null : text.parse(value.bytes());
    if (!Registers.precedes(current, next, this)) {
      return false;
    }
    byte[] bytes = RegisterText.bytes(next);
    return value == null
        ? ensemble.create(path, bytes)
        : ensemble.put(path, bytes, value.version());
  }

  @Override
  public void rehearse() throws IOException {
    read();
    ensemble.rehearse(path);
  }

  @Override
  public String describe() {
    return "zookeeper " + ensemble + " " + path;
  }

  @Override
  public void close() {
    ensemble.close();
  }
}
