package org.understudy.protocol.link;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.reports.LossReportUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

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

  private final DriverDirectory directory;
  private final ReservedSpace space;
  private final MediaDriver driver;
  private final AgentInvoker invoker;
  private final DatagramCount count = new DatagramCount();
  private final AtomicInteger images = new AtomicInteger();

  EmbeddedDriver(LinkContext context) {
    DriverDirectory.removeLeftovers(context.directoryRoot());
    DriverDirectory made = null;
    ReservedSpace reserved = null;
    try {
      made = DriverDirectory.create(context.directoryRoot(), context.node());
      reserved =
          new ReservedSpace(
              made.path().resolve("reserved"), LinkSpace.allLogsBytes(context.termLength()));
      driver = MediaDriver.launch(settings(context, made, reserved));
      fillFiles(made, reserved);
    } catch (IOException e) {
      CloseHelper.quietCloseAll(reserved, made);
      throw new LinkConfigurationException(
          "no room for the link's buffers in " + context.directoryRoot() + ": " + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      CloseHelper.quietCloseAll(reserved, made);
      throw e;
    }
    directory = made;
    space = reserved;
    invoker = driver.sharedAgentInvoker();
  }

  private MediaDriver.Context settings(
      LinkContext context, DriverDirectory directory, ReservedSpace space) {
    TransportChoice choice = context.choice();
    long timeoutNs = context.peerTimeoutNs();
    MediaDriver.Context settings =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.driver().toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .warnIfDirectoryExists(false)
            .threadingMode(context.threadingMode())
            .errorHandler(context.errorHandler())
            .counterValuesBufferLength(LinkSpace.COUNTER_VALUES_BYTES)
            .conductorBufferLength(LinkSpace.CONDUCTOR_BYTES + RingBufferDescriptor.TRAILER_LENGTH)
            .toClientsBufferLength(
                LinkSpace.TO_CLIENTS_BYTES + BroadcastBufferDescriptor.TRAILER_LENGTH)
            .errorBufferLength(LinkSpace.ERROR_BYTES)
            .lossReportBufferLength(LinkSpace.LOSS_REPORT_BYTES)
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
            .publicationUnblockTimeoutNs(2 * CLIENT_LIVENESS_NS);
    ReservedLogs.use(settings, space, images);
    admitOnlyThePeer(settings, context);
    idle(settings, context.hostNetwork().cores());
    context.driverCustomizer().accept(settings);
    return settings;
  }

  private void admitOnlyThePeer(MediaDriver.Context settings, LinkContext context) {
    settings
        .sendChannelEndpointSupplier((channel, status, driverContext) ->
            new AdmittingSender(channel, status, driverContext, admission(context), count))
        .receiveChannelEndpointSupplier((channel, dispatcher, status, driverContext) ->
            new AdmittingEndpoint(
                channel,
                dispatcher,
                status,
                driverContext,
                admission(context),
                count,
                images::get));
  }

  private static PeerAdmission admission(LinkContext context) {
    return new PeerAdmission(
        context.peerAddresses(), context.streamId(), context.termLength(), context.peerTimeoutNs());
  }

  /** What is mapped and touched later has its memory now. */
  private static void fillFiles(DriverDirectory directory, ReservedSpace space) throws IOException {
    Path report = LossReportUtil.file(directory.driver().toString()).toPath();
    if (Files.exists(report)) {
      space.fill(report, Files.size(report));
    }
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
    CloseHelper.closeAll(driver, space, directory);
  }
}
