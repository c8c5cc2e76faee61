package org.understudy.lab.bench.serve;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;

/**
 * Connections and datagrams of somebody who has no key, at the ports between the nodes: silence,
 * noise, and what looks like a greeting or a handshake. Some connections stay for a while.
 */
final class Strangers implements AutoCloseable {
  private static final int KEPT = 64;
  private static final int CONNECT_TIMEOUT_MS = 1_000;
  private static final int NOISE_BYTES = 1_200;

  private final List<InetSocketAddress> monitors;
  private final List<InetSocketAddress> links;
  private final Random random;
  private final DatagramSocket datagrams;
  private final ArrayDeque<Socket> kept = new ArrayDeque<>();
  private long connections;

  Strangers(List<InetSocketAddress> monitors, List<InetSocketAddress> links, long seed)
      throws IOException {
    this.monitors = monitors;
    this.links = links;
    random = new Random(seed);
    datagrams = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  /** One connection, and one datagram. */
  void visit() {
    connections++;
    int which = (int) (connections % monitors.size());
    try {
      byte[] noise = new byte[random.nextInt(NOISE_BYTES)];
      random.nextBytes(noise);
      datagrams.send(new DatagramPacket(noise, noise.length, links.get(which)));
      Socket socket = new Socket();
      socket.connect(monitors.get(which), CONNECT_TIMEOUT_MS);
      kept.add(socket);
      socket.getOutputStream().write(words(noise));
      while (kept.size() > KEPT) {
        kept.poll().close();
      }
    } catch (IOException e) {
      // Turned away: that is what they are for.
    }
  }

  private byte[] words(byte[] noise) {
    String text =
        switch (random.nextInt(4)) {
          case 0 -> "";
          case 1 -> "GET / HTTP/1.1\r\n\r\n";
          case 2 -> "understudy-monitor 1 demo b " + Long.toHexString(random.nextLong()) + "\n";
          default -> "understudy-monitor 2 00c0ffee " + "A".repeat(random.nextInt(300)) + "\n";
        };
    return text.isEmpty() && random.nextBoolean()
        ? noise
        : text.getBytes(StandardCharsets.US_ASCII);
  }

  long connections() {
    return connections;
  }

  @Override
  public void close() throws IOException {
    datagrams.close();
    for (Socket socket : kept) {
      socket.close();
    }
  }
}
