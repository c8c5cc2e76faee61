package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;

/**
 * A session with an ensemble, opened when it is asked for, and anew when the one before has run
 * out. Nothing hangs on its life: what it wrote stays. One thread, and the library's own.
 */
final class ZooKeeperSession implements AutoCloseable {
  /** How long members keep it while nothing connects; only then is the next one opened. */
  private static final int LIFE_MS = 6_000;

  private static final String PEM = "PEM";

  private final ArbiterCluster cluster;
  private ZooKeeper session;
  private Connection connection;

  ZooKeeperSession(ArbiterCluster cluster) {
    this.cluster = cluster;
  }

  /** What the library's thread has last told of the connection. */
  private static final class Connection implements Watcher {
    private Event.KeeperState state = Event.KeeperState.Disconnected;
    private long sinceNs = System.nanoTime();

    @Override
    public synchronized void process(WatchedEvent event) {
      if (state != event.getState()) {
        state = event.getState();
        sinceNs = System.nanoTime();
      }
      notifyAll();
    }

    /** Whether nobody has been reached for as long as members keep a session. */
    synchronized boolean isGivenUp() {
      return state == Event.KeeperState.Disconnected
          && System.nanoTime() - sinceNs > TimeUnit.MILLISECONDS.toNanos(LIFE_MS);
    }

    /** Waits so long at most. */
    synchronized boolean isThereWithin(long timeoutMs) throws InterruptedException {
      long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
      long restNs = endNs - System.nanoTime();
      while (state == Event.KeeperState.Disconnected && restNs > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, restNs);
        restNs = endNs - System.nanoTime();
      }
      return state != Event.KeeperState.Disconnected;
    }
  }

  /**
   * The session, with a connection to a member.
   *
   * @throws IOException if no member can be reached in time; going on trying is left to the library
   */
  ZooKeeper connected() throws IOException, InterruptedException {
    // One that nobody takes any more is not waited for: members that lost what they had refuse it
    // for ever, since it has seen more than they have.
    if (session != null && (!session.getState().isAlive() || connection.isGivenUp())) {
      close();
    }
    if (session == null) {
      connection = new Connection();
      session = open(connection);
    }
    long timeoutMs = cluster.timeout().toMillis();
    if (!connection.isThereWithin(timeoutMs)) {
      throw new IOException(
          "zookeeper at "
              + String.join(",", cluster.endpoints())
              + ": no member was reached within "
              + timeoutMs
              + " ms");
    }
    return session;
  }

  private ZooKeeper open(Watcher watcher) throws IOException {
    byte[] login = cluster.user().isEmpty() ? null : login();
    ZooKeeper opened =
        new ZooKeeper(String.join(",", cluster.endpoints()), LIFE_MS, watcher, settings(cluster));
    if (login != null) {
      opened.addAuthInfo("digest", login);
    }
    return opened;
  }

  private byte[] login() throws IOException {
    String password = PasswordFile.read(cluster.passwordFile());
    return (cluster.user() + ":" + password).getBytes(StandardCharsets.UTF_8);
  }

  private static ZKClientConfig settings(ArbiterCluster cluster) throws IOException {
    ZKClientConfig settings = new ZKClientConfig();
    // What its programs take from properties of the JVM is none of a node's.
    settings.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    settings.setProperty(ZKClientConfig.DISABLE_AUTO_WATCH_RESET, "true");
    settings.setProperty(
        ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, Long.toString(cluster.timeout().toMillis()));
    boolean isSealed = cluster.tls() != null;
    settings.setProperty(ZKClientConfig.SECURE_CLIENT, Boolean.toString(isSealed));
    if (isSealed) {
      cluster.tls().context(); // says which file cannot be used, which the library would not
      settings.setProperty(
          ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET,
          "org.apache.zookeeper.ClientCnxnSocketNetty");
      try (ClientX509Util names = new ClientX509Util()) {
        settings.setProperty(
            names.getSslTruststoreLocationProperty(), cluster.tls().authority().toString());
        settings.setProperty(names.getSslTruststoreTypeProperty(), PEM);
        if (cluster.tls().certificate() != null) {
          settings.setProperty(
              names.getSslKeystoreLocationProperty(), cluster.tls().certificate().toString());
          settings.setProperty(names.getSslKeystoreTypeProperty(), PEM);
        }
      }
    }
    return settings;
  }

  /** After these nothing can be asked of the session any more. */
  void onFailure(KeeperException e) {
    switch (e.code()) {
      case SESSIONEXPIRED, AUTHFAILED, SESSIONCLOSEDREQUIRESASLAUTH -> close();
      // Rights go with the login, which is read anew.
      case NOAUTH -> close();
      default -> {}
    }
  }

  @Override
  public void close() {
    if (session != null) {
      ZooKeeper ended = session;
      session = null;
      try {
        ended.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
