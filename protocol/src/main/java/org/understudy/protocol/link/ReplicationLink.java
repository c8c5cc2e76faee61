package org.understudy.protocol.link;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.status.ChannelEndpointStatus;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.protocol.seal.ClearWire;
import org.understudy.protocol.seal.RandomSecrets;
import org.understudy.protocol.seal.RecordSink;
import org.understudy.protocol.seal.Seal;
import org.understudy.protocol.seal.WireLayer;
import org.understudy.protocol.seal.WireListener;
import org.understudy.protocol.wire.BadMessage;
import org.understudy.protocol.wire.MessageReader;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.MessageSink;
import org.understudy.protocol.wire.MessageTypes;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;
import org.understudy.protocol.wire.WireLimits;

/**
 * A {@link Link} over Aeron UDP: one exclusive publication to the peer's endpoint and one
 * subscription on our own. By default the media driver and the client have no threads; {@link
 * #doWork} drives them.
 */
public final class ReplicationLink implements Link {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicationLink.class);

  /** Rounds of driver and polling in one duty cycle: a burst of datagrams needs one round each. */
  private static final int ROUNDS = 8;

  private static final int NO_STREAM = 0;

  private final LinkContext context;
  private final SessionStamp session = new SessionStamp();
  private final LinkTraffic traffic;
  private final MessageReader reader;
  private final MessageSender sender;
  private final WireLayer layer;
  private final StreamAssembler assembler = new StreamAssembler(new Incoming());
  private final EmbeddedDriver driver;
  private final AgentInvoker driverInvoker;
  private final Aeron aeron;
  private final AgentInvoker clientInvoker;
  private final Subscription subscription;
  private final int fragmentLimit;
  private LinkListener listener = new LinkListener() {};
  private ExclusivePublication publication;
  private boolean connected;
  private boolean hasCurrentStream;
  private int currentStream = NO_STREAM;
  private boolean closed;
  private Throwable fault;
  private long toldRefused;

  /**
   * Starts the driver, the client and both directions. Blocks for some milliseconds.
   *
   * @param context concluded here if it is not yet
   * @throws LinkConfigurationException with one line, for example when the port is used
   */
  public ReplicationLink(LinkContext context) {
    this.context = context.isConcluded() ? context : context.conclude();
    reader = new MessageReader();
    layer = layer();
    sender = new MessageSender((MessageSink) layer::offer, session);
    fragmentLimit = context.choice().fragmentLimit();
    driver = context.externalDriver() == null ? new EmbeddedDriver(context) : null;
    driverInvoker = driver == null ? null : driver.invoker();
    traffic = new LinkTraffic(driver == null ? null : driver.count());
    Aeron client = null;
    try {
      client = Aeron.connect(clientContext());
      aeron = client;
      clientInvoker = aeron.conductorAgentInvoker();
      subscription = subscribe();
      publication = publish();
    } catch (RuntimeException e) {
      CloseHelper.quietCloseAll(client, driver);
      throw refusal(e);
    }
    LOG.info("{}", describe());
  }

  private Aeron.Context clientContext() {
    Aeron.Context client =
        new Aeron.Context()
            .preTouchMappedMemory(true)
            .aeronDirectoryName(
                driver == null ? context.externalDriver().toString() : driver.directory())
            .errorHandler(context.errorHandler())
            .subscriberErrorHandler(context.errorHandler())
            .useConductorAgentInvoker(true)
            .idleStrategy(IdleStrategies.forCores(context.hostNetwork().cores()));
    if (driver != null) {
      client.driverTimeoutMs(EmbeddedDriver.CLIENT_LIVENESS_NS / 1_000_000);
    }
    if (driverInvoker != null) {
      client.driverAgentInvoker(driverInvoker);
    }
    return client;
  }

  private Subscription subscribe() {
    TransportChoice choice = context.choice();
    String channel =
        new ChannelUriStringBuilder()
            .media(CommonContext.UDP_MEDIA)
            .endpoint(context.localEndpoint())
            .receiverWindowLength(choice.windowLength())
            .socketRcvbufLength(choice.receiveBufferLength())
            .build();
    Subscription made =
        aeron.addSubscription(
            channel, context.streamId(), this::onAvailableImage, this::onUnavailableImage);
    if (made.channelStatus() == ChannelEndpointStatus.ERRORED) {
      throw new LinkConfigurationException(
          "localEndpoint=" + context.localEndpoint() + " cannot be used: " + made.channelStatus());
    }
    return made;
  }

  private ExclusivePublication publish() {
    TransportChoice choice = context.choice();
    String channel =
        new ChannelUriStringBuilder()
            .media(CommonContext.UDP_MEDIA)
            .endpoint(context.peerEndpoint())
            .mtu(choice.mtuLength())
            .termLength(choice.termLength())
            .socketSndbufLength(choice.sendBufferLength())
            .build();
    return aeron.addExclusivePublication(channel, context.streamId());
  }

  private LinkConfigurationException refusal(RuntimeException cause) {
    if (cause instanceof LinkConfigurationException known) {
      return known;
    }
    if (cause instanceof AeronException) {
      return new LinkConfigurationException(
          "link "
              + context.localEndpoint()
              + " -> "
              + context.peerEndpoint()
              + " cannot start: "
              + cause.getMessage()
              + ": choose another port or address",
          cause);
    }
    throw cause;
  }

  @Override
  public void listen(LinkListener newListener) {
    listener = newListener;
    reader.listen(newListener);
  }

  @Override
  public int doWork() {
    int total = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int work = driverInvoker == null ? 0 : driverInvoker.invoke();
      work += clientInvoker.invoke();
      work += subscription.poll(assembler, fragmentLimit);
      total += work;
      if (work == 0) {
        break;
      }
    }
    if (fault != null) {
      // Aeron would only log it, and the node would go on as if the message had been handled.
      Throwable failure = fault;
      fault = null;
      throw new IllegalStateException("a message could not be handled: " + failure, failure);
    }
    checkConnection();
    tellRefused();
    return total;
  }

  private void tellRefused() {
    long refused = traffic.refusedFrames();
    if (refused != toldRefused) {
      LOG.warn(
          "frames at {} were not let in ({} in all, the last from {}): they came from no address"
              + " of the peer, with another aeron.termLength, or on more streams than there is room"
              + " for",
          context.localEndpoint(),
          refused,
          traffic.lastRefused());
      toldRefused = refused;
    }
  }

  private void checkConnection() {
    boolean now = publication.isConnected();
    if (now != connected) {
      connected = now;
      if (now) {
        listener.onConnected();
      } else {
        listener.onDisconnected();
      }
    }
  }

  private WireLayer layer() {
    Outgoing outgoing = new Outgoing();
    Opened opened = new Opened();
    return context.seal() == null
        ? new ClearWire(outgoing, opened)
        : new Seal(context.seal(), new RandomSecrets(), System::nanoTime, outgoing, opened);
  }

  /** What the layer has made of this node's messages. */
  private final class Outgoing implements RecordSink {
    @Override
    public SendStatus room(int length) {
      long window = publication.availableWindow();
      if (window > 0) {
        return SendStatus.SENT;
      }
      return window == Publication.CLOSED
          ? SendStatus.CLOSED
          : refused(connected ? Publication.BACK_PRESSURED : Publication.NOT_CONNECTED);
    }

    @Override
    public SendStatus offer(
        int templateId, int messageBytes, DirectBuffer buffer, int offset, int length) {
      if (messageBytes > WireLimits.MAX_MESSAGE_BYTES) {
        throw new IllegalArgumentException(
            "a message has at most " + WireLimits.MAX_MESSAGE_BYTES + " bytes: " + messageBytes);
      }
      long result = publication.offer(buffer, offset, length);
      if (result == Publication.ADMIN_ACTION) {
        result = publication.offer(buffer, offset, length);
      }
      if (result > 0) {
        traffic.onSent(templateId, messageBytes, frameBytes(length));
        return SendStatus.SENT;
      }
      return refused(result);
    }
  }

  private SendStatus refused(long result) {
    if (result == Publication.NOT_CONNECTED) {
      return SendStatus.NOT_CONNECTED;
    }
    if (result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION) {
      traffic.onBackPressure();
      return SendStatus.BACK_PRESSURED;
    }
    return SendStatus.CLOSED;
  }

  /** Bytes of the frames of one message in the log and on the wire. */
  private long frameBytes(int length) {
    return LinkTraffic.frameBytes(length, publication.maxPayloadLength());
  }

  private void onAvailableImage(Image image) {
    listener.onPeerAvailable(image.sessionId(), image.sourceIdentity());
  }

  private void onUnavailableImage(Image image) {
    assembler.remove(image.sessionId());
    boolean wasCurrent = hasCurrentStream && currentStream == image.sessionId();
    if (wasCurrent) {
      hasCurrentStream = false;
    }
    listener.onPeerUnavailable(image.sessionId(), wasCurrent);
  }

  /** Whole messages of all streams. */
  private final class Incoming implements StreamAssembler.Handler {
    @Override
    public void onMessage(int stream, DirectBuffer buffer, int offset, int length) {
      if (fault != null) {
        return;
      }
      try {
        layer.take(stream, buffer, offset, length);
      } catch (RuntimeException | Error e) {
        fault = e;
      }
    }

    @Override
    public void onOversized(int stream, long length) {
      traffic.onBad();
      listener.onBadMessage(
          new BadMessage(
              -1, 0, "fragments longer than any message", WireLimits.MAX_MESSAGE_BYTES, length));
    }
  }

  /** What the layer has made of the peer's. */
  private final class Opened implements WireListener {
    @Override
    public void onOpened(int stream, DirectBuffer buffer, int offset, int length) {
      switch (reader.onMessage(buffer, offset, length)) {
        case ACCEPTED -> {
          traffic.onReceived(MessageTypes.templateOf(buffer, offset), length);
          currentStream = stream;
          hasCurrentStream = true;
        }
        case BAD -> traffic.onBad();
        case STALE -> traffic.onStale();
        default -> throw new IllegalStateException("unknown outcome");
      }
    }

    @Override
    public void onMissing(int stream) {
      hasCurrentStream = false;
      listener.onPeerUnavailable(stream, true);
    }

    @Override
    public void onStale() {
      traffic.onStale();
    }

    @Override
    public void onRefused() {
      traffic.onBad();
    }
  }

  @Override
  public MessageSender sender() {
    return sender;
  }

  @Override
  public SessionStamp session() {
    return session;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public boolean isPeerThere() {
    return subscription.imageCount() > 0;
  }

  @Override
  public boolean isFlushed() {
    CountersReader counters = aeron.countersReader();
    int sent =
        counters.findByTypeIdAndRegistrationId(
            AeronCounters.DRIVER_SENDER_POSITION_TYPE_ID, publication.registrationId());
    return sent == CountersReader.NULL_COUNTER_ID
        || counters.getCounterValue(sent) >= publication.position();
  }

  @Override
  public void renew() {
    session.unbind();
    publication.close();
    publication = publish();
    checkConnection();
  }

  @Override
  public String keyId() {
    return context.seal() == null ? "" : context.seal().keys().getFirst().toString();
  }

  @Override
  public LinkTraffic traffic() {
    return traffic;
  }

  @Override
  public String describe() {
    return context.describe();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      session.unbind();
      CloseHelper.closeAll(context.errorHandler(), publication, subscription, aeron, driver);
    }
  }
}
