package org.understudy.lab.bench.encode;

import java.util.Map;

/** One way to encode pages, with both of its ends. */
interface BenchCodec {
  /** Name in the report. */
  String name();

  /** A fresh encoder that knows the old pages. */
  Encoder encoder(PairFile pairs);

  /** A fresh decoder onto memory that holds the old pages. */
  Decoder decoder(PairFile pairs, BenchMemory memory);

  /** The timed side of the primary. */
  interface Encoder extends AutoCloseable {
    /** Encodes the records {@code from} to {@code to} (exclusive) as one epoch (1, 2, ...). */
    void encode(int epoch, int from, int to, EncodedOutput out);

    /** Bytes by class; sums to the output. */
    Map<String, Long> bytesByClass();

    @Override
    void close();
  }

  /** The timed side of the backup. */
  interface Decoder extends AutoCloseable {
    /** Rebuilds the pages of one epoch from its pieces. */
    void decode(int epoch, Iterable<EncodedOutput.Piece> pieces);

    @Override
    void close();
  }
}
