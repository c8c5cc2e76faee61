package org.understudy.protocol.link;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.wire.WireLimits;

/**
 * Settings of a {@link ReplicationLink}. Fill in, then {@link #conclude} once: it validates every
 * setting and relation and chooses what was left open from what the host allows.
 */
public final class LinkContext {
  private static final Logger LOG = LoggerFactory.getLogger(LinkContext.class);

  private boolean concluded;
  private NodeId node;
  private String localEndpoint;
  private String peerEndpoint;
  private boolean wireUnsealed;
  private SealIdentity seal;
  private int streamId = LinkConfiguration.STREAM_ID_DEFAULT;
  private long peerTimeoutNs = LinkConfiguration.PEER_TIMEOUT_DEFAULT_NS;
  private Path directoryRoot = Path.of(LinkConfiguration.DIRECTORY_ROOT_DEFAULT);
  private Path externalDriver;
  private ThreadingMode threadingMode = ThreadingMode.INVOKER;
  private int mtuLength = LinkConfiguration.AUTO;
  private int termLength = LinkConfiguration.TERM_LENGTH_DEFAULT;
  private int windowLength = LinkConfiguration.AUTO;
  private int receiveBufferLength = LinkConfiguration.AUTO;
  private int sendBufferLength = LinkConfiguration.AUTO;
  private HostNetwork hostNetwork;
  private ErrorHandler errorHandler =
      error -> LOG.error("link: {}", error.getMessage() == null ? error : error.getMessage());
  private Consumer<MediaDriver.Context> driverCustomizer = context -> {};
  private TransportChoice choice;
  private boolean loopback;
  private List<InetAddress> peerAddresses = List.of();

  /**
   * Validates and chooses.
   *
   * @return this
   * @throws LinkConfigurationException with one line that names values, rule and remedy
   */
  public LinkContext conclude() {
    require(!concluded, "a LinkContext is concluded only once");
    require(node != null, "node must be set");
    require(localEndpoint != null, "localEndpoint must be set");
    require(peerEndpoint != null, "peerEndpoint must be set");
    if (hostNetwork == null) {
      hostNetwork = HostNetwork.probe();
    }
    InetSocketAddress local = Addresses.parse("localEndpoint", localEndpoint, 1);
    InetSocketAddress peer = Addresses.parse("peerEndpoint", peerEndpoint, 1);
    require(
        !local.equals(peer),
        "localEndpoint=" + localEndpoint + " must differ from peerEndpoint=" + peerEndpoint);
    peerAddresses = Addresses.addresses(peer);
    loopback = local.getAddress().isLoopbackAddress() && peer.getAddress().isLoopbackAddress();
    boolean mayLeaveHost = wireUnsealed || seal != null;
    Addresses.requireLoopback("localEndpoint", localEndpoint, local, mayLeaveHost);
    Addresses.requireLoopback("peerEndpoint", peerEndpoint, peer, mayLeaveHost);
    require(
        peerTimeoutNs >= LinkConfiguration.PEER_TIMEOUT_MIN_NS,
        "peerTimeout="
            + ms(peerTimeoutNs)
            + " ms must be at least "
            + ms(LinkConfiguration.PEER_TIMEOUT_MIN_NS)
            + " ms");
    choice = TransportChoice.choose(this, loopback);
    require(
        choice.maxMessageLength() >= WireLimits.MAX_RECORD_BYTES,
        "termLength="
            + termLength
            + " allows messages of "
            + choice.maxMessageLength()
            + " bytes; the longest has "
            + WireLimits.MAX_RECORD_BYTES
            + ": set at least 4194304");
    checkSpace();
    concluded = true;
    return this;
  }

  private void checkSpace() {
    if (externalDriver == null) {
      LinkSpace.check(directoryRoot, termLength);
    }
  }

  private static void require(boolean holds, String message) {
    TransportChoice.require(holds, message);
  }

  private static long ms(long ns) {
    return TimeUnit.NANOSECONDS.toMillis(ns);
  }

  /** One line: what is used, what was chosen and what to raise. */
  public String describe() {
    return "link "
        + localEndpoint
        + " -> "
        + peerEndpoint
        + (seal == null ? " UNSEALED" : " sealed")
        + " stream="
        + streamId
        + " driver="
        + (externalDriver == null ? "embedded " + threadingMode : externalDriver)
        + " peerTimeoutMs="
        + ms(peerTimeoutNs)
        + " "
        + choice;
  }

  /** This node; names the media driver's directory. */
  public NodeId node() {
    return node;
  }

  /** See {@link #node()}. */
  public LinkContext node(NodeId value) {
    node = value;
    return this;
  }

  /** Where this node receives, host:port of UDP. */
  public String localEndpoint() {
    return localEndpoint;
  }

  /** See {@link #localEndpoint()}. */
  public LinkContext localEndpoint(String value) {
    localEndpoint = value;
    return this;
  }

  /** Where the peer receives, host:port of UDP. */
  public String peerEndpoint() {
    return peerEndpoint;
  }

  /** See {@link #peerEndpoint()}. */
  public LinkContext peerEndpoint(String value) {
    peerEndpoint = value;
    return this;
  }

  /** Allows addresses other than loopback although nothing is sealed. */
  public boolean wireUnsealed() {
    return wireUnsealed;
  }

  /** See {@link #wireUnsealed()}. */
  public LinkContext wireUnsealed(boolean value) {
    wireUnsealed = value;
    return this;
  }

  /** Who this node is to its peer; null where nothing is sealed. */
  public SealIdentity seal() {
    return seal;
  }

  /** See {@link #seal()}. */
  public LinkContext seal(SealIdentity value) {
    seal = value;
    return this;
  }

  /** Whether both ends are on this host; known after {@link #conclude}. */
  public boolean isLoopback() {
    return loopback;
  }

  /** Aeron stream id. */
  public int streamId() {
    return streamId;
  }

  /** See {@link #streamId()}. */
  public LinkContext streamId(int value) {
    streamId = value;
    return this;
  }

  /** How long silence is tolerated, nanoseconds. */
  public long peerTimeoutNs() {
    return peerTimeoutNs;
  }

  /** See {@link #peerTimeoutNs()}. */
  public LinkContext peerTimeoutNs(long value) {
    peerTimeoutNs = value;
    return this;
  }

  /** Where the embedded media driver makes its directory. */
  public Path directoryRoot() {
    return directoryRoot;
  }

  /** See {@link #directoryRoot()}. */
  public LinkContext directoryRoot(Path value) {
    directoryRoot = Objects.requireNonNull(value);
    return this;
  }

  /** Directory of a media driver that runs elsewhere; null for an embedded one. */
  public Path externalDriver() {
    return externalDriver;
  }

  /** See {@link #externalDriver()}. */
  public LinkContext externalDriver(Path value) {
    externalDriver = value;
    return this;
  }

  /** Threads of the embedded driver; INVOKER: none, the agent's thread drives it. */
  public ThreadingMode threadingMode() {
    return threadingMode;
  }

  /** See {@link #threadingMode()}. */
  public LinkContext threadingMode(ThreadingMode value) {
    threadingMode = Objects.requireNonNull(value);
    return this;
  }

  /** Bytes of the largest datagram, or AUTO. */
  public int mtuLength() {
    return mtuLength;
  }

  /** See {@link #mtuLength()}. */
  public LinkContext mtuLength(int value) {
    mtuLength = value;
    return this;
  }

  /** Bytes of one term of the log buffers. */
  public int termLength() {
    return termLength;
  }

  /** See {@link #termLength()}. */
  public LinkContext termLength(int value) {
    termLength = value;
    return this;
  }

  /** Bytes that may be sent ahead of the receiver, or AUTO. */
  public int windowLength() {
    return windowLength;
  }

  /** See {@link #windowLength()}. */
  public LinkContext windowLength(int value) {
    windowLength = value;
    return this;
  }

  /** SO_RCVBUF, or AUTO. */
  public int receiveBufferLength() {
    return receiveBufferLength;
  }

  /** See {@link #receiveBufferLength()}. */
  public LinkContext receiveBufferLength(int value) {
    receiveBufferLength = value;
    return this;
  }

  /** SO_SNDBUF, or AUTO. */
  public int sendBufferLength() {
    return sendBufferLength;
  }

  /** See {@link #sendBufferLength()}. */
  public LinkContext sendBufferLength(int value) {
    sendBufferLength = value;
    return this;
  }

  /** What the host allows; probed when not set. */
  public HostNetwork hostNetwork() {
    return hostNetwork;
  }

  /** See {@link #hostNetwork()}. */
  public LinkContext hostNetwork(HostNetwork value) {
    hostNetwork = value;
    return this;
  }

  /** Takes errors of driver and client and exceptions of the listener; logs by default. */
  public ErrorHandler errorHandler() {
    return errorHandler;
  }

  /** See {@link #errorHandler()}. */
  public LinkContext errorHandler(ErrorHandler value) {
    errorHandler = Objects.requireNonNull(value);
    return this;
  }

  Consumer<MediaDriver.Context> driverCustomizer() {
    return driverCustomizer;
  }

  /** For tests: last change to the driver's settings, for example loss generators. */
  LinkContext driverCustomizer(Consumer<MediaDriver.Context> value) {
    driverCustomizer = value;
    return this;
  }

  /** Where the peer may send from; known after {@link #conclude}. */
  List<InetAddress> peerAddresses() {
    return peerAddresses;
  }

  boolean isConcluded() {
    return concluded;
  }

  TransportChoice choice() {
    return choice;
  }
}
