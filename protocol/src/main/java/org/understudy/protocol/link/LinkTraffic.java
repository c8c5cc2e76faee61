package org.understudy.protocol.link;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.net.InetSocketAddress;
import org.agrona.BitUtil;
import org.understudy.protocol.wire.MessageTypes;

/**
 * What went over a link, in total and by message. Written by the agent's thread, to be read by it.
 */
public final class LinkTraffic {
  /** Bytes of IPv4 and UDP headers per datagram. */
  public static final int DATAGRAM_HEADER_BYTES = 28;

  private final long[] messagesSent = new long[MessageTypes.COUNT];
  private final long[] messageBytesSent = new long[MessageTypes.COUNT];
  private final long[] frameBytesSent = new long[MessageTypes.COUNT];
  private final long[] messagesReceived = new long[MessageTypes.COUNT];
  private final long[] messageBytesReceived = new long[MessageTypes.COUNT];
  private final DatagramCount datagrams;
  private long badMessages;
  private long staleMessages;
  private long backPressured;

  LinkTraffic(DatagramCount datagrams) {
    this.datagrams = datagrams;
  }

  /**
   * Bytes that one message takes in Aeron's log and on the wire: fragments with their headers,
   * aligned.
   */
  static long frameBytes(int length, int maxPayload) {
    int whole = length / maxPayload;
    int rest = length % maxPayload;
    long bytes = (long) whole * (maxPayload + DataHeaderFlyweight.HEADER_LENGTH);
    if (rest > 0 || whole == 0) {
      bytes +=
          BitUtil.align(rest + DataHeaderFlyweight.HEADER_LENGTH, FrameDescriptor.FRAME_ALIGNMENT);
    }
    return bytes;
  }

  /** Datagrams sent, of all kinds; 0 with an external driver, which only its own host can count. */
  public long datagramsSent() {
    return datagrams == null ? 0 : datagrams.datagrams();
  }

  /**
   * Bytes sent as the network sees them, with UDP and IP headers: messages, frame headers,
   * heartbeats, status messages, retransmissions. With an external driver an estimate from the
   * messages alone.
   */
  public long wireBytesSent() {
    if (datagrams == null) {
      return estimate();
    }
    return datagrams.bytes() + datagrams.datagrams() * DATAGRAM_HEADER_BYTES;
  }

  private long estimate() {
    long bytes = 0;
    for (int i = 0; i < MessageTypes.COUNT; i++) {
      bytes += frameBytesSent[i] + messagesSent[i] * DATAGRAM_HEADER_BYTES;
    }
    return bytes;
  }

  /** Messages sent with this template. */
  public long messagesSent(int templateId) {
    return messagesSent[templateId];
  }

  /** Bytes of these messages as encoded, without transport. */
  public long messageBytesSent(int templateId) {
    return messageBytesSent[templateId];
  }

  /** Bytes of these messages with Aeron's frame headers and alignment, without UDP and IP. */
  public long frameBytesSent(int templateId) {
    return frameBytesSent[templateId];
  }

  /** Messages received with this template, stale ones included. */
  public long messagesReceived(int templateId) {
    return messagesReceived[templateId];
  }

  /** Bytes of these messages as encoded. */
  public long messageBytesReceived(int templateId) {
    return messageBytesReceived[templateId];
  }

  /** Messages dropped because they break the schema. */
  public long badMessages() {
    return badMessages;
  }

  /** Messages dropped because they belong to another generation or link session. */
  public long staleMessages() {
    return staleMessages;
  }

  /** Offers refused for back pressure. */
  public long backPressured() {
    return backPressured;
  }

  /** Frames that were dropped before the driver saw them: not the peer's, or no room for them. */
  public long refusedFrames() {
    return datagrams == null ? 0 : datagrams.refused();
  }

  InetSocketAddress lastRefused() {
    return datagrams == null ? null : datagrams.lastRefused();
  }

  void onSent(int templateId, int messageBytes, long frameBytes) {
    messagesSent[templateId]++;
    messageBytesSent[templateId] += messageBytes;
    frameBytesSent[templateId] += frameBytes;
  }

  void onReceived(int templateId, int messageBytes) {
    messagesReceived[templateId]++;
    messageBytesReceived[templateId] += messageBytes;
  }

  void onBad() {
    badMessages++;
  }

  void onStale() {
    staleMessages++;
  }

  void onBackPressure() {
    backPressured++;
  }
}
