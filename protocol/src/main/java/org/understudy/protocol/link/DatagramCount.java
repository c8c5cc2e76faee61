package org.understudy.protocol.link;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Counts what the embedded driver hands to its sockets: data, set-up, heartbeats and
 * retransmissions of the sender, status messages and NAKs of the receiver. Only the socket knows
 * how many frames went into one datagram, and so how many UDP and IP headers were paid.
 */
final class DatagramCount {
  private final AtomicLong datagrams = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  long datagrams() {
    return datagrams.get();
  }

  long bytes() {
    return bytes.get();
  }

  private int count(int sent) {
    if (sent > 0) {
      datagrams.incrementAndGet();
      bytes.addAndGet(sent);
    }
    return sent;
  }

  SendChannelEndpoint sendEndpoint(
      UdpChannel channel, AtomicCounter status, MediaDriver.Context context) {
    return new SendChannelEndpoint(channel, status, context) {
      @Override
      public int send(ByteBuffer buffer) {
        return count(super.send(buffer));
      }

      @Override
      public int send(ByteBuffer buffer, InetSocketAddress endpoint) {
        return count(super.send(buffer, endpoint));
      }
    };
  }

  ReceiveChannelEndpoint receiveEndpoint(
      UdpChannel channel,
      DataPacketDispatcher dispatcher,
      AtomicCounter status,
      MediaDriver.Context context) {
    return new ReceiveChannelEndpoint(channel, dispatcher, status, context) {
      @Override
      public int sendTo(ByteBuffer buffer, InetSocketAddress endpoint) {
        return count(super.sendTo(buffer, endpoint));
      }
    };
  }
}
