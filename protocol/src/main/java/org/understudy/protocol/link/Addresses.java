package org.understudy.protocol.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Addresses of listeners and peers: parsing, and the rule of the unsealed wire. */
public final class Addresses {
  private static final int MAX_PORT = 65_535;

  private Addresses() {}

  /**
   * Parses {@code host:port}.
   *
   * @param name name of the setting, for the message
   * @param text its value
   * @param minPort 0 where the system may choose a port, else 1
   * @throws LinkConfigurationException naming setting, value and rule
   */
  public static InetSocketAddress parse(String name, String text, int minPort) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(colon, 0));
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (host.isEmpty() || port < minPort || port > MAX_PORT) {
        throw new LinkConfigurationException(rule(name, text, minPort));
      }
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (NumberFormatException e) {
      throw new LinkConfigurationException(rule(name, text, minPort));
    } catch (UnknownHostException e) {
      throw new LinkConfigurationException(name + "=" + text + ": unknown host");
    }
  }

  /** Every address of a host whose name has been parsed. */
  static List<InetAddress> addresses(InetSocketAddress endpoint) {
    try {
      return List.of(InetAddress.getAllByName(endpoint.getHostString()));
    } catch (UnknownHostException e) {
      return List.of(endpoint.getAddress());
    }
  }

  private static String rule(String name, String text, int minPort) {
    return name + "=" + text + " must be host:port with a port from " + minPort + " to " + MAX_PORT;
  }

  /**
   * Refuses addresses other than loopback as long as nothing is sealed.
   *
   * @throws LinkConfigurationException naming setting, value and remedy
   */
  public static void requireLoopback(
      String name, String text, InetSocketAddress address, boolean wireUnsealed) {
    if (!wireUnsealed && !address.getAddress().isLoopbackAddress()) {
      throw new LinkConfigurationException(
          "the wire is not sealed, so replication stays on loopback: "
              + name
              + "="
              + text
              + " is refused; set wire.sealed=false only if everyone who reaches that network may"
              + " read and change the guest");
    }
  }
}
