package org.understudy.lab.vm;

import java.util.List;

/**
 * What the demo was asked for.
 *
 * @param kills primaries to kill, one after the other
 * @param loadNs time of the load around each kill
 * @param memoryBytes RAM of the guest
 * @param diskBytes size of its disk; 0 for none
 * @param accelerator {@code auto}, {@code kvm} or {@code tcg}
 * @param seed of load and kills
 * @param clients the load
 * @param verify compare RAM and image
 * @param settings further lines of both configuration files
 */
record VmDemoOptions(
    int kills,
    long loadNs,
    long memoryBytes,
    long diskBytes,
    String accelerator,
    long seed,
    Clients clients,
    boolean verify,
    List<String> settings) {
  /**
   * The load.
   *
   * @param redis connections to redis
   * @param operationsPerSecond most requests to redis; 0 for as many as it answers
   * @param http connections to nginx
   */
  record Clients(int redis, int operationsPerSecond, int http) {}

  VmDemoOptions {
    settings = List.copyOf(settings);
  }

  boolean hasDisk() {
    return diskBytes > 0;
  }
}
