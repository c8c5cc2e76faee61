package org.understudy.node.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Host and port.
 *
 * @param host name or address as written
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
  /** Where nobody listens. */
  public static final Endpoint NONE = new Endpoint("none", 0);

  /** Whether anybody listens. */
  public boolean isNone() {
    return port == 0;
  }

  /** Parses {@code host:port}; IPv6 addresses in brackets. */
  static Endpoint parse(String key, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
    int port = 0;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      // reported below, with the whole value
    }
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new ConfigError(key + " = " + text + ": write host:port, for example 127.0.0.1:4471");
    }
    return new Endpoint(host, port);
  }

  /** The resolved socket address. */
  public InetSocketAddress address() {
    return new InetSocketAddress(resolve(), port);
  }

  /** Whether only this machine can reach it. */
  public boolean isLoopback() {
    return resolve().isLoopbackAddress();
  }

  private InetAddress resolve() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ConfigError("host " + host + " cannot be resolved: give an address or fix DNS");
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
