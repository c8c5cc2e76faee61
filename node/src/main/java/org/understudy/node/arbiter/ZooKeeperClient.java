package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

/**
 * One persistent node of a ZooKeeper ensemble, written by its version. The library goes from a
 * member that does not answer to another one; a write that may have been made is never repeated.
 * One thread.
 */
final class ZooKeeperClient implements ClusterValue {
  /** Requests to an open session. */
  @FunctionalInterface
  private interface Requests<T> {
    T send(ZooKeeper session) throws KeeperException, InterruptedException;
  }

  private static final int ANY_VERSION = -1;

  /** No node gets there: each write adds one. */
  private static final int NO_VERSION = Integer.MAX_VALUE;

  private static final byte[] NOTHING = new byte[0];

  private final ArbiterCluster cluster;
  private final String path;
  private final ZooKeeperSession session;

  ZooKeeperClient(ArbiterCluster cluster, String path) {
    this.cluster = cluster;
    this.path = path;
    this.session = new ZooKeeperSession(cluster);
  }

  @Override
  public Versioned get() throws IOException {
    return call(to -> {
      catchUp(to);
      Stat stat = new Stat();
      try {
        byte[] bytes = to.getData(path, false, stat);
        return new Versioned(bytes == null ? NOTHING : bytes, stat.getVersion());
      } catch (KeeperException.NoNodeException e) {
        return null;
      }
    });
  }

  /**
   * Has a majority agree to a transaction that changes nothing, whether its check holds or not: the
   * member that answers has seen then whatever was written before. ZooKeeper's own {@code sync}
   * asks the leader alone, which may have been deposed without knowing it.
   */
  private void catchUp(ZooKeeper to) throws KeeperException, InterruptedException {
    try {
      to.multi(List.of(Op.check(cluster.path(), ANY_VERSION)));
    } catch (KeeperException.NoNodeException e) {
      // Nobody has written below it yet.
    }
  }

  @Override
  public boolean replace(Versioned read, byte[] bytes) throws IOException {
    return read == null ? create(bytes) : put(bytes, (int) read.version());
  }

  private boolean create(byte[] bytes) throws IOException {
    return call(to -> {
      makeParents(to);
      try {
        to.create(path, bytes, rights(), CreateMode.PERSISTENT);
        return true;
      } catch (KeeperException.NodeExistsException e) {
        return false;
      }
    });
  }

  private boolean put(byte[] bytes, int version) throws IOException {
    return call(to -> {
      try {
        to.setData(path, bytes, version);
        return true;
      } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
        return false;
      }
    });
  }

  @Override
  public void rehearse() throws IOException {
    call(to -> {
      makeParents(to);
      try {
        if (to.exists(path, false) == null) {
          to.multi(
              List.of(
                  Op.create(path, NOTHING, rights(), CreateMode.PERSISTENT),
                  Op.check(path, NO_VERSION)));
        } else {
          to.setData(path, NOTHING, NO_VERSION);
        }
      } catch (KeeperException.BadVersionException | KeeperException.NodeExistsException e) {
        // As it has to be.
      }
      return null;
    });
  }

  private void makeParents(ZooKeeper to) throws KeeperException, InterruptedException {
    String above = cluster.path();
    for (int end = above.indexOf('/', 1); ; end = above.indexOf('/', end + 1)) {
      String parent = end < 0 ? above : above.substring(0, end);
      if (to.exists(parent, false) == null) {
        try {
          to.create(parent, NOTHING, rights(), CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
          // The other node of the pair was faster.
        }
      }
      if (end < 0) {
        return;
      }
    }
  }

  /** Of a node that is made: its maker's alone, or everybody's where nobody logs in. */
  private List<ACL> rights() {
    Id whose = cluster.user().isEmpty() ? new Id("world", "anyone") : new Id("auth", "");
    // The library asks the list for null, which others do not stand.
    return Collections.singletonList(new ACL(ZooDefs.Perms.ALL, whose));
  }

  private <T> T call(Requests<T> requests) throws IOException {
    try {
      return requests.send(session.connected());
    } catch (KeeperException e) {
      session.onFailure(e);
      throw new IOException("zookeeper at " + members() + ": " + why(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String members() {
    return String.join(",", cluster.endpoints());
  }

  private String why(KeeperException e) {
    return switch (e.code()) {
      case REQUESTTIMEOUT -> "no answer within " + cluster.timeout().toMillis() + " ms";
      case CONNECTIONLOSS -> "the connection was lost before an answer came";
      case SESSIONEXPIRED -> "the session ran out before an answer came";
      case AUTHFAILED -> "it does not take this login";
      case NOAUTH ->
          cluster.user().isEmpty()
              ? "nobody has a right to " + place(e) + ": set arbiter.user, arbiter.passwordFile"
              : "user " + cluster.user() + ", with its password, has no right to " + place(e);
      default -> e.getMessage();
    };
  }

  /** Transactions do not say which of their nodes it was. */
  private String place(KeeperException e) {
    return e.getPath() == null ? cluster.path() : e.getPath();
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public String toString() {
    return "zookeeper " + members() + " " + path;
  }
}
