package org.understudy.node.arbiter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A cluster that keeps registers.
 *
 * @param endpoints its members, {@code host:port}, the nearest first
 * @param path what comes before the pair's id in the register's name
 * @param user whom to be; empty for nobody
 * @param passwordFile the user's password; null without a user
 * @param tls how connections are sealed; null for plain ones
 * @param timeout longest wait for one answer of one member
 */
public record ArbiterCluster(
    List<String> endpoints,
    String path,
    String user,
    Path passwordFile,
    TlsFiles tls,
    Duration timeout) {
  /** Copies the list. */
  public ArbiterCluster {
    endpoints = List.copyOf(endpoints);
  }
}
