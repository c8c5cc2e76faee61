package org.understudy.protocol.link;

import java.util.concurrent.TimeUnit;

/** Defaults and bounds of {@link LinkContext}. */
public final class LinkConfiguration {
  /** Stands for "chosen from what the host allows". */
  public static final int AUTO = 0;

  /** Aeron stream of a link; both nodes use the same. */
  public static final int STREAM_ID_DEFAULT = 1001;

  /** How long silence is tolerated; all time-outs of the transport follow from it. */
  public static final long PEER_TIMEOUT_DEFAULT_NS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Least peer time-out: the transport's own heartbeats come every 100 ms, and losing two of them
   * in a row must not look like a death.
   */
  public static final long PEER_TIMEOUT_MIN_NS = TimeUnit.MILLISECONDS.toNanos(300);

  /** Where media driver directories are made: memory, so that no disk is in the way. */
  public static final String DIRECTORY_ROOT_DEFAULT = "/dev/shm";

  /** Largest datagram that one loopback frame carries. */
  public static final int MTU_LOOPBACK = 65_504;

  /** Smallest datagram that Aeron takes. */
  static final int MTU_LEAST = 256;

  /** Every datagram's length is a multiple of this. */
  static final int MTU_UNIT = 32;

  /** Datagram that fits an Ethernet frame of 1,500 bytes under any usual header. */
  public static final int MTU_ETHERNET = 1_408;

  /** Datagram for Ethernet with jumbo frames (9,000 bytes); only by setting. */
  public static final int MTU_JUMBO = 8_192;

  /**
   * Three terms of this size per direction. 4 MiB holds a window of 2 MiB and messages of 512 KiB,
   * and still stays in the larger processor caches.
   */
  public static final int TERM_LENGTH_DEFAULT = 4 * 1024 * 1024;

  /** Window wanted where the host allows it; larger ones were not faster. */
  public static final int WINDOW_WANTED = 2 * 1024 * 1024;

  /** Window of Aeron's defaults, which every stock kernel allows. */
  public static final int WINDOW_LEAST = 128 * 1024;

  /** Bytes that one duty cycle takes from the network at most, so that no cycle takes long. */
  public static final int CYCLE_BYTES = 1024 * 1024;

  /** Peer streams held at once: the current one, one before it, and room for two strangers. */
  public static final int MAX_STREAMS = 4;

  private LinkConfiguration() {}
}
