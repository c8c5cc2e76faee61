package org.understudy.protocol.link;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.IntSupplier;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/** The receiving socket: hands on what {@link PeerAdmission} lets in, and counts what it sends. */
final class AdmittingEndpoint extends ReceiveChannelEndpoint {
  private final PeerAdmission admission;
  private final DatagramCount datagrams;
  private final CachedNanoClock clock;
  private final IntSupplier images;

  AdmittingEndpoint(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context driver,
      PeerAdmission admission,
      DatagramCount datagrams,
      IntSupplier images) {
    super(channel, dispatcher, status, driver);
    this.admission = admission;
    this.datagrams = datagrams;
    this.images = images;
    this.clock = driver.receiverCachedNanoClock();
  }

  @Override
  public void onSetupMessage(
      SetupFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transport) {
    if (admission.isPeer(source.getAddress())
        && admission.isOurs(header.streamId(), header.termLength(), header.mtuLength())
        && admission.hasPlace(header.sessionId(), images.getAsInt(), clock.nanoTime())) {
      super.onSetupMessage(header, buffer, length, source, transport);
    } else {
      datagrams.refuse(source);
    }
  }

  @Override
  public int onDataPacket(
      DataHeaderFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transport) {
    if (admission.isPeer(source.getAddress())
        && admission.hasPlace(header.sessionId(), images.getAsInt(), clock.nanoTime())) {
      return super.onDataPacket(header, buffer, length, source, transport);
    }
    datagrams.refuse(source);
    return 0;
  }

  @Override
  public void onRttMeasurement(
      RttMeasurementFlyweight header,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      int transport) {
    if (admission.isPeer(source.getAddress())) {
      super.onRttMeasurement(header, buffer, length, source, transport);
    } else {
      datagrams.refuse(source);
    }
  }

  @Override
  public int sendTo(ByteBuffer buffer, InetSocketAddress endpoint) {
    return datagrams.count(super.sendTo(buffer, endpoint));
  }
}
