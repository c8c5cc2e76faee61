package org.understudy.protocol.link;

import io.aeron.driver.DriverConductorProxy;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.ErrorFlyweight;
import io.aeron.protocol.NakFlyweight;
import io.aeron.protocol.ResponseSetupFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * The sending socket: flow control, requests to send again and errors count from the peer's host
 * only. Counts what it sends.
 */
final class AdmittingSender extends SendChannelEndpoint {
  private final PeerAdmission admission;
  private final DatagramCount datagrams;

  AdmittingSender(
      UdpChannel channel,
      AtomicCounter status,
      MediaDriver.Context driver,
      PeerAdmission admission,
      DatagramCount datagrams) {
    super(channel, status, driver);
    this.admission = admission;
    this.datagrams = datagrams;
  }

  private boolean isPeer(InetSocketAddress source) {
    if (admission.isPeer(source.getAddress())) {
      return true;
    }
    datagrams.refuse(source);
    return false;
  }

  @Override
  public void onStatusMessage(
      StatusMessageFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductor) {
    if (isPeer(source)) {
      super.onStatusMessage(message, buffer, length, source, conductor);
    }
  }

  @Override
  public void onError(
      ErrorFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductor) {
    if (isPeer(source)) {
      super.onError(message, buffer, length, source, conductor);
    }
  }

  @Override
  public void onNakMessage(
      NakFlyweight message, UnsafeBuffer buffer, int length, InetSocketAddress source) {
    if (isPeer(source)) {
      super.onNakMessage(message, buffer, length, source);
    }
  }

  @Override
  public void onRttMeasurement(
      RttMeasurementFlyweight message, UnsafeBuffer buffer, int length, InetSocketAddress source) {
    if (isPeer(source)) {
      super.onRttMeasurement(message, buffer, length, source);
    }
  }

  /** Streams of ours ask for no response channel. */
  @Override
  public void onResponseSetup(
      ResponseSetupFlyweight message,
      UnsafeBuffer buffer,
      int length,
      InetSocketAddress source,
      DriverConductorProxy conductor) {
    datagrams.refuse(source);
  }

  @Override
  public int send(ByteBuffer buffer) {
    return datagrams.count(super.send(buffer));
  }

  @Override
  public int send(ByteBuffer buffer, InetSocketAddress endpoint) {
    return datagrams.count(super.send(buffer, endpoint));
  }
}
