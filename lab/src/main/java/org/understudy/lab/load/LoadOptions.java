package org.understudy.lab.load;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What load to make.
 *
 * @param addresses fronts; a connection that breaks tries them in turn
 * @param connections clients
 * @param keys keys of all kinds together
 * @param pipeline most operations in flight on one connection
 * @param seed of keys, values and mix
 * @param appendBytes most bytes that APPEND may add in all; then SET takes its place, so that a
 *     long run does not fill the guest's memory
 */
public record LoadOptions(
    List<InetSocketAddress> addresses,
    int connections,
    int keys,
    int pipeline,
    long seed,
    long appendBytes) {
  /** Most clients: one thread serves them all. */
  public static final int MAX_CONNECTIONS = 10_000;

  /** Refuses what cannot be run. */
  public LoadOptions {
    addresses = List.copyOf(addresses);
    if (connections < 1 || connections > MAX_CONNECTIONS) {
      throw new IllegalArgumentException(
          "connections " + connections + " must be 1 to " + MAX_CONNECTIONS);
    }
    if (keys < 3 || pipeline < 1) {
      throw new IllegalArgumentException("keys " + keys + " and pipeline " + pipeline);
    }
  }
}
