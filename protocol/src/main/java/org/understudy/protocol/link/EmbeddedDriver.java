package org.understudy.protocol.link;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;

/** A media driver inside this process, in a directory of its own. */
final class EmbeddedDriver implements AutoCloseable {
  /**
   * The client lives and dies with the driver: no time-out may part them. A process that was
   * stopped for an hour must still find its own link when it wakes up.
   */
  static final long CLIENT_LIVENESS_NS = TimeUnit.DAYS.toNanos(30);

  /** Time-outs are looked at this often inside one peer time-out. */
  private static final int TIMER_SHARE = 20;

  /** Aeron refuses an interval that is longer than its shortest time-out, 5 s. */
  private static final long MAX_TIMER_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

  private final MediaDriver driver;
  private final AgentInvoker invoker;
  private final DatagramCount count = new DatagramCount();

  EmbeddedDriver(LinkContext context) {
    DriverDirectory.removeLeftovers(context.directoryRoot());
    Path directory = DriverDirectory.of(context.directoryRoot(), context.node());
    TransportChoice choice = context.choice();
    long timeoutNs = context.peerTimeoutNs();
    MediaDriver.Context settings =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .warnIfDirectoryExists(false)
            .threadingMode(context.threadingMode())
            .errorHandler(context.errorHandler())
            .termBufferSparseFile(false) // touched at the start, not page by page in every epoch
            .publicationTermBufferLength(choice.termLength())
            .mtuLength(choice.mtuLength())
            .initialWindowLength(choice.windowLength())
            .socketRcvbufLength(choice.receiveBufferLength())
            .socketSndbufLength(choice.sendBufferLength())
            .imageLivenessTimeoutNs(timeoutNs)
            .publicationConnectionTimeoutNs(timeoutNs)
            .publicationLingerTimeoutNs(timeoutNs)
            .timerIntervalNs(Math.min(MAX_TIMER_INTERVAL_NS, timeoutNs / TIMER_SHARE))
            .clientLivenessTimeoutNs(CLIENT_LIVENESS_NS)
            .publicationUnblockTimeoutNs(2 * CLIENT_LIVENESS_NS)
            .sendChannelEndpointSupplier(count::sendEndpoint)
            .receiveChannelEndpointSupplier(count::receiveEndpoint);
    idle(settings, context.hostNetwork().cores());
    context.driverCustomizer().accept(settings);
    driver = MediaDriver.launch(settings);
    invoker = driver.sharedAgentInvoker();
  }

  private static void idle(MediaDriver.Context settings, int cores) {
    if (settings.threadingMode() == ThreadingMode.INVOKER) {
      return;
    }
    IdleStrategy sharedIdle = IdleStrategies.forCores(cores);
    settings
        .sharedIdleStrategy(sharedIdle)
        .sharedNetworkIdleStrategy(IdleStrategies.forCores(cores))
        .conductorIdleStrategy(IdleStrategies.forCores(cores))
        .senderIdleStrategy(IdleStrategies.forCores(cores))
        .receiverIdleStrategy(IdleStrategies.forCores(cores));
  }

  /** Null unless the agent's thread drives the driver. */
  AgentInvoker invoker() {
    return invoker;
  }

  String directory() {
    return driver.aeronDirectoryName();
  }

  DatagramCount count() {
    return count;
  }

  @Override
  public void close() {
    CloseHelper.close(driver);
  }
}
