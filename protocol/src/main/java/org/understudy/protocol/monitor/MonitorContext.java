package org.understudy.protocol.monitor;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.link.Addresses;
import org.understudy.protocol.link.LinkConfigurationException;
import org.understudy.protocol.seal.SealIdentity;

/** Settings of a {@link TcpPeerMonitor}; {@link #conclude} validates them once. */
public final class MonitorContext {
  /** Interval of attempts while no peer answers. */
  public static final long RETRY_DEFAULT_NS = TimeUnit.MILLISECONDS.toNanos(100);

  /** First interval of attempts after a bound connection was closed; doubles up to the retry. */
  public static final long RECONNECT_DEFAULT_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /** How long a connection may take to introduce itself. */
  public static final long HELLO_TIMEOUT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(1);

  /** Sockets are looked at this often; a fraction of what detection may take. */
  public static final long POLL_INTERVAL_DEFAULT_NS = TimeUnit.MICROSECONDS.toNanos(500);

  /** Accepted connections at once: one peer, its predecessor and room for probes. */
  public static final int MAX_INCOMING = 8;

  /**
   * Connections that may wait for the next poll, so that a burst of probes does not hide the peer.
   */
  static final int BACKLOG = 64;

  private NodeId node;
  private String pairId;
  private String listenEndpoint;
  private String peerEndpoint;
  private boolean wireUnsealed;
  private SealIdentity seal;
  private long retryNs = RETRY_DEFAULT_NS;
  private long reconnectNs = RECONNECT_DEFAULT_NS;
  private long helloTimeoutNs = HELLO_TIMEOUT_DEFAULT_NS;
  private long pollIntervalNs = POLL_INTERVAL_DEFAULT_NS;
  private boolean privateDescriptors = true;
  private InetSocketAddress listenAddress;
  private InetSocketAddress peerAddress;

  /**
   * Validates.
   *
   * @throws LinkConfigurationException with one line that names value, rule and remedy
   */
  public MonitorContext conclude() {
    require(listenAddress == null, "a MonitorContext is concluded only once");
    require(node != null, "node must be set");
    require(
        pairId != null && pairId.matches(MonitorHello.NAME_PATTERN),
        "pairId=" + pairId + " must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    require(listenEndpoint != null, "monitor listenEndpoint must be set");
    require(peerEndpoint != null, "monitor peerEndpoint must be set");
    InetSocketAddress listen = Addresses.parse("monitor listenEndpoint", listenEndpoint, 0);
    InetSocketAddress peer = Addresses.parse("monitor peerEndpoint", peerEndpoint, 1);
    boolean mayLeaveHost = wireUnsealed || seal != null;
    Addresses.requireLoopback("monitor listenEndpoint", listenEndpoint, listen, mayLeaveHost);
    Addresses.requireLoopback("monitor peerEndpoint", peerEndpoint, peer, mayLeaveHost);
    require(
        reconnectNs > 0 && reconnectNs <= retryNs,
        "reconnectNs=" + reconnectNs + " must be from 1 to retryNs=" + retryNs);
    require(
        pollIntervalNs >= 0 && pollIntervalNs <= retryNs,
        "pollIntervalNs=" + pollIntervalNs + " must be from 0 to retryNs=" + retryNs);
    require(helloTimeoutNs > 0, "helloTimeoutNs=" + helloTimeoutNs + " must be positive");
    listenAddress = listen;
    peerAddress = peer;
    return this;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new LinkConfigurationException(message);
    }
  }

  /** This node. */
  public MonitorContext node(NodeId value) {
    node = value;
    return this;
  }

  /** Name of the pair, equal on both nodes. */
  public MonitorContext pairId(String value) {
    pairId = value;
    return this;
  }

  /** Where this node listens, host:port of TCP; port 0 lets the system choose. */
  public MonitorContext listenEndpoint(String value) {
    listenEndpoint = value;
    return this;
  }

  /** Where the peer listens. */
  public MonitorContext peerEndpoint(String value) {
    peerEndpoint = value;
    return this;
  }

  /** Allows addresses other than loopback although nothing is sealed. */
  public MonitorContext wireUnsealed(boolean value) {
    wireUnsealed = value;
    return this;
  }

  /** How both nodes prove who they are; null where nothing is sealed. */
  public MonitorContext seal(SealIdentity value) {
    seal = value;
    return this;
  }

  /** See {@link #seal(SealIdentity)}. */
  SealIdentity seal() {
    return seal;
  }

  /** Interval of attempts while no peer answers. */
  public MonitorContext retryNs(long value) {
    retryNs = value;
    return this;
  }

  /** First interval of attempts after a bound connection was closed. */
  public MonitorContext reconnectNs(long value) {
    reconnectNs = value;
    return this;
  }

  /** How long a connection may take to introduce itself. */
  public MonitorContext helloTimeoutNs(long value) {
    helloTimeoutNs = value;
    return this;
  }

  /** How often sockets are looked at. */
  public MonitorContext pollIntervalNs(long value) {
    pollIntervalNs = value;
    return this;
  }

  /** Whether to try a {@link PrivateListener}; off only to compare. */
  MonitorContext privateDescriptors(boolean value) {
    privateDescriptors = value;
    return this;
  }

  /** See {@link #node(NodeId)}. */
  public NodeId node() {
    return node;
  }

  /** See {@link #pairId(String)}. */
  public String pairId() {
    return pairId;
  }

  /** See {@link #retryNs(long)}. */
  public long retryNs() {
    return retryNs;
  }

  /** See {@link #reconnectNs(long)}. */
  public long reconnectNs() {
    return reconnectNs;
  }

  /** See {@link #helloTimeoutNs(long)}. */
  public long helloTimeoutNs() {
    return helloTimeoutNs;
  }

  /** See {@link #pollIntervalNs(long)}. */
  public long pollIntervalNs() {
    return pollIntervalNs;
  }

  /** See {@link #privateDescriptors(boolean)}. */
  boolean privateDescriptors() {
    return privateDescriptors;
  }

  /** Known after {@link #conclude}. */
  InetSocketAddress listenAddress() {
    return listenAddress;
  }

  /** Known after {@link #conclude}. */
  InetSocketAddress peerAddress() {
    return peerAddress;
  }

  boolean isConcluded() {
    return listenAddress != null;
  }
}
