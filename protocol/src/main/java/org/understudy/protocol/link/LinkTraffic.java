package org.understudy.protocol.link;

import org.understudy.protocol.wire.MessageTypes;

/**
 * What went over a link, in total and by message. Written by the agent's thread, readable by any
 * (values may lag).
 */
public final class LinkTraffic {
  /** Bytes of IPv4 and UDP headers per datagram. */
  public static final int DATAGRAM_HEADER_BYTES = 28;

  private final long[] messagesSent = new long[MessageTypes.COUNT];
  private final long[] messageBytesSent = new long[MessageTypes.COUNT];
  private final long[] frameBytesSent = new long[MessageTypes.COUNT];
  private final long[] messagesReceived = new long[MessageTypes.COUNT];
  private final long[] messageBytesReceived = new long[MessageTypes.COUNT];
  private long badMessages;
  private long staleMessages;
  private long backPressured;

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
