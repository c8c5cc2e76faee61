package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.Optional;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * The register as one key of an etcd cluster. A write is a transaction that compares the key's
 * revision, so that of all who read the same generation one wins; reads are linearizable. What etcd
 * calls a lock is not used: a lease that ran out would let two nodes believe.
 */
public final class EtcdArbiter implements Arbiter {
  private final EtcdGateway etcd;
  private final String key;
  private final RegisterText text;

  /** The register of a pair. */
  public EtcdArbiter(ArbiterCluster cluster, String pair) {
    this.etcd = new EtcdGateway(cluster);
    this.key = cluster.path() + "/" + pair;
    this.text =
        new RegisterText(
            "key " + key + " of " + etcd,
            "put back an older value (etcdctl get --rev), or, if both nodes are down and their guest"
                + " may be given up, remove the key");
  }

  @Override
  public Optional<Register> read() throws IOException {
    EtcdGateway.Value value = etcd.get(key);
    return value == null ? Optional.empty() : Optional.of(text.parse(value.bytes()));
  }

  @Override
  public boolean compareAndSet(Register next) throws IOException {
    EtcdGateway.Value value = etcd.get(key);
    Register current = value == null ? null : text.parse(value.bytes());
    if (!Registers.precedes(current, next, this)) {
      return false;
    }
    return etcd.put(key, RegisterText.bytes(next), value == null ? 0 : value.revision());
  }

  /** A transaction whose condition never holds is checked for its permission all the same. */
  @Override
  public void rehearse() throws IOException {
    read();
    etcd.put(key, RegisterText.bytes(new Register(1, 1, new Ownership.Ended())), Long.MAX_VALUE);
  }

  @Override
  public String describe() {
    return "etcd " + etcd + " " + key;
  }

  @Override
  public void close() {
    etcd.close();
  }
}
