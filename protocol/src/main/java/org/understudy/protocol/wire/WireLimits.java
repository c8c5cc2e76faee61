package org.understudy.protocol.wire;

/** Limits on everything that arrives; the schema names them, the receiver enforces them. */
public final class WireLimits {
  /** Oldest schema version that is understood. */
  public static final int MIN_VERSION = 4;

  /** Schema version that is spoken. */
  public static final int VERSION = 4;

  /**
   * Payload of one message. Large enough that the cost per message does not show
   * (docs/benchmarks.md, section Link), small enough that one duty cycle stays far below a
   * millisecond.
   */
  public static final int MAX_DATA_BYTES = 256 * 1024;

  /** A good size for the payload of a page batch: one loopback datagram, one slice of encoding. */
  public static final int BATCH_DATA_BYTES = 64 * 1024 - 1024;

  /** A piece of a section when decoded: bounds what a receiver allocates for it. */
  public static final int MAX_RAW_BYTES = 1024 * 1024;

  /** A text for people, an address. */
  public static final int MAX_TEXT_BYTES = 1024;

  /** A name: node, pair, guest type, region, preset. */
  public static final int MAX_NAME_BYTES = 64;

  /** What the nodes compare of a guest's type: for a machine also its disks and their sizes. */
  public static final int MAX_TYPE_BYTES = 512;

  /** A digest: 512 bits. */
  public static final int MAX_DIGEST_BYTES = 64;

  /** Regions of one guest, as in the guest's own layout. */
  public static final int MAX_REGIONS = 256;

  /**
   * No message is longer: the payload limit, or a handshake with every region and text at its
   * limit.
   */
  public static final int MAX_MESSAGE_BYTES = MAX_DATA_BYTES + 1024;

  /** A message with what a seal adds to it. */
  public static final int MAX_RECORD_BYTES = MAX_MESSAGE_BYTES + 64;

  private WireLimits() {}
}
