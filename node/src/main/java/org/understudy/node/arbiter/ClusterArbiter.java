package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.understudy.pair.ownership.Register;

/**
 * The register as one value of a cluster. A write names the version that was read, so that of all
 * who read the same generation one wins. Locks, leases and ephemeral nodes are not used: one that
 * ran out would let two nodes believe.
 */
public final class ClusterArbiter implements RegisterStore {
  private final ClusterValue value;
  private final RegisterText text;

  private ClusterArbiter(ClusterValue value, String remedy) {
    this.value = value;
    this.text = new RegisterText("the register of " + value, remedy);
  }

  /** The register of a pair as one key of an etcd cluster; connects with the first call. */
  public static ClusterArbiter etcd(ArbiterCluster cluster, String pair) {
    return new ClusterArbiter(
        new EtcdGateway(cluster, cluster.path() + "/" + pair),
        "put back an older value (etcdctl get --rev), or, if both nodes are down and their guest may"
            + " be given up, remove the key");
  }

  /** The same as one persistent node of a ZooKeeper ensemble. */
  public static ClusterArbiter zookeeper(ArbiterCluster cluster, String pair) {
    return new ClusterArbiter(
        new ZooKeeperClient(cluster, cluster.path() + "/" + pair),
        "if both nodes are down and their guest may be given up, remove the node (zkCli.sh delete)");
  }

  @Override
  public Optional<Register> read() throws IOException {
    ClusterValue.Versioned read = value.get();
    return read == null ? Optional.empty() : Optional.of(text.parse(read.bytes()));
  }

  @Override
  public boolean compareAndSet(Register next) throws IOException {
    ClusterValue.Versioned read = value.get();
    Register current = read == null ? null : text.parse(read.bytes());
    if (!Registers.precedes(current, next, this)) {
      return false;
    }
    return value.replace(read, RegisterText.bytes(next, read == null ? null : read.bytes()));
  }

  @Override
  public List<RegisterChange> history() throws IOException {
    ClusterValue.Versioned read = value.get();
    return read == null ? List.of() : text.history(read.bytes());
  }

  @Override
  public void rehearse() throws IOException {
    read();
    value.rehearse();
  }

  @Override
  public String describe() {
    return value.toString();
  }

  @Override
  public void close() {
    value.close();
  }
}
