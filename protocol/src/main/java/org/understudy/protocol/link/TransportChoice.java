package org.understudy.protocol.link;

import io.aeron.logbuffer.FrameDescriptor;

/**
 * Sizes of the transport, chosen from the settings and from what the host allows.
 *
 * @param mtuLength bytes of the largest datagram
 * @param termLength bytes of one term of the log buffers
 * @param windowLength bytes that the receiver lets the sender send ahead
 * @param receiveBufferLength SO_RCVBUF
 * @param sendBufferLength SO_SNDBUF
 * @param advice what to raise on this host, empty if nothing
 */
record TransportChoice(
    int mtuLength,
    int termLength,
    int windowLength,
    int receiveBufferLength,
    int sendBufferLength,
    String advice) {

  private static final int MAX_BUFFER_WANTED = 4 * 1024 * 1024;

  static TransportChoice choose(LinkContext context, boolean loopback) {
    HostNetwork host = context.hostNetwork();
    int mtu = context.mtuLength();
    if (mtu == LinkConfiguration.AUTO) {
      mtu = loopback ? LinkConfiguration.MTU_LOOPBACK : LinkConfiguration.MTU_ETHERNET;
    }
    int window = context.windowLength();
    if (window == LinkConfiguration.AUTO) {
      int allowed = Integer.highestOneBit(host.receiveBufferMax());
      int most = Math.min(LinkConfiguration.WINDOW_WANTED, context.termLength() / 2);
      window = Math.min(most, Math.max(LinkConfiguration.WINDOW_LEAST, allowed));
    }
    int receive = context.receiveBufferLength();
    if (receive == LinkConfiguration.AUTO) {
      receive = Math.max(window, Math.min(MAX_BUFFER_WANTED, host.receiveBufferMax()));
    }
    int send = context.sendBufferLength();
    if (send == LinkConfiguration.AUTO) {
      send = Math.max(mtu, Math.min(LinkConfiguration.WINDOW_WANTED, host.sendBufferMax()));
    }
    TransportChoice choice =
        new TransportChoice(
            mtu, context.termLength(), window, receive, send, adviceFor(context, window));
    choice.validate(host);
    return choice;
  }

  private static String adviceFor(LinkContext context, int window) {
    int wanted = LinkConfiguration.WINDOW_WANTED;
    if (context.windowLength() != LinkConfiguration.AUTO || window >= wanted) {
      return "";
    }
    return "window is " + window + " of " + wanted + ": sysctl -w net.core.rmem_max=" + wanted;
  }

  private void validate(HostNetwork host) {
    require(
        mtuLength >= LinkConfiguration.MTU_LEAST
            && mtuLength <= LinkConfiguration.MTU_LOOPBACK
            && mtuLength % LinkConfiguration.MTU_UNIT == 0,
        "mtuLength=" + mtuLength + " must be a multiple of 32 from 256 to 65504");
    require(
        Integer.bitCount(termLength) == 1 && termLength >= 64 * 1024 && termLength <= 1 << 30,
        "termLength=" + termLength + " must be a power of two from 65536 to 1073741824");
    require(
        windowLength >= mtuLength,
        "windowLength=" + windowLength + " must be at least mtuLength=" + mtuLength);
    require(
        windowLength <= termLength / 2,
        "windowLength=" + windowLength + " must be at most half of termLength=" + termLength);
    require(
        windowLength <= receiveBufferLength,
        "windowLength="
            + windowLength
            + " must be at most receiveBufferLength="
            + receiveBufferLength);
    require(
        receiveBufferLength <= host.receiveBufferMax(),
        "receiveBufferLength="
            + receiveBufferLength
            + " must be at most net.core.rmem_max="
            + host.receiveBufferMax()
            + ": raise it with sysctl or lower the window");
    require(
        sendBufferLength <= host.sendBufferMax(),
        "sendBufferLength="
            + sendBufferLength
            + " must be at most net.core.wmem_max="
            + host.sendBufferMax()
            + ": raise it with sysctl or lower the setting");
    require(
        mtuLength <= sendBufferLength,
        "mtuLength=" + mtuLength + " must be at most sendBufferLength=" + sendBufferLength);
  }

  static void require(boolean holds, String message) {
    if (!holds) {
      throw new LinkConfigurationException(message);
    }
  }

  /** Longest message that the publication takes. */
  int maxMessageLength() {
    return FrameDescriptor.computeMaxMessageLength(termLength);
  }

  /** Fragments that one duty cycle polls at most. */
  int fragmentLimit() {
    return Math.clamp(LinkConfiguration.CYCLE_BYTES / mtuLength, 16, 256);
  }

  @Override
  public String toString() {
    return "mtu="
        + mtuLength
        + " term="
        + termLength
        + " window="
        + windowLength
        + " rcvbuf="
        + receiveBufferLength
        + " sndbuf="
        + sendBufferLength
        + (advice.isEmpty() ? "" : " (" + advice + ")");
  }
}
