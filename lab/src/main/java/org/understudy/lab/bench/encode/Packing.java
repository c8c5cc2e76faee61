package org.understudy.lab.bench.encode;

/** What a peer's epoch goes through. */
enum Packing {
  /** Nothing. */
  NONE,
  /** One LZ4 block. */
  LZ4,
  /** One Zstandard frame of level 1. */
  ZSTD
}
