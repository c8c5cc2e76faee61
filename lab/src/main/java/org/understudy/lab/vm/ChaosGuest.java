package org.understudy.lab.vm;

import java.util.List;

/** What the guest of a chaos run is. */
public enum ChaosGuest {
  /** The demo's: busybox, redis, nginx and a writer of numbered records on its disk. */
  SMALL(List.of(), 64L << 20, 48L << 20, "256MiB"),

  /** A whole Debian with systemd and PostgreSQL, on its disk. */
  FULL(List.of("--full"), 1L << 30, 1L << 30, "1GiB");

  /** What build/guest-image makes it with. */
  final List<String> options;

  final long diskBytes;
  final long volumeBytes;
  private final String memory;

  ChaosGuest(List<String> options, long diskBytes, long volumeBytes, String memory) {
    this.options = options;
    this.diskBytes = diskBytes;
    this.volumeBytes = volumeBytes;
    this.memory = memory;
  }

  /** RAM that is enough for it. */
  public String memory() {
    return memory;
  }
}
