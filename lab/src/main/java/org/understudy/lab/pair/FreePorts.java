package org.understudy.lab.pair;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of loopback on which nobody listens. */
public final class FreePorts {
  /** Below the range that the kernel gives to outgoing connections, of which the load has many. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 32_000;
  private static final int MAX_ATTEMPTS = 1000;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private FreePorts() {}

  /** So many different ones, free for TCP and UDP just now. */
  public static int[] find(int wanted) throws IOException {
    int[] found = new int[wanted];
    int count = 0;
    for (int attempt = 0; count < wanted; attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new IOException("no free ports between " + FIRST_PORT + " and " + LAST_PORT);
      }
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      if (isFree(port) && Arrays.stream(found).noneMatch(other -> other == port)) {
        found[count++] = port;
      }
    }
    return found;
  }

  private static boolean isFree(int port) {
    try (ServerSocket tcp = new ServerSocket(port, 1, LOOPBACK);
        DatagramSocket udp = new DatagramSocket(port, LOOPBACK)) {
      return tcp.isBound() && udp.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
