package org.understudy.lab.bench.encode;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.checkpoint.codec.encode.PageDiffs;
import org.understudy.checkpoint.codec.format.CodecSettings;

/**
 * Runs all codecs over one file: bytes, speed of the best of several runs, and whether a fresh
 * decoder rebuilds every page.
 */
final class EncodeBench {
  /** Most pages of one epoch; bounds the peers' buffers. */
  static final int MAX_EPOCH_PAGES = 100_000;

  private static final int MIN_RUNS = 3;

  /** A measurement takes at most so many times the time asked for. */
  private static final int LONGEST = 4;

  private static final double NS_PER_S = 1e9;

  /** Figures of one codec on one file. */
  record CodecResult(
      long wireBytes,
      double ratio,
      double encodeGBps,
      double decodeGBps,
      double encodeShareOfMemcpy,
      boolean verified,
      Map<String, Long> bytesByClass) {}

  /**
   * Figures of one file.
   *
   * @param changedBytes bytes that differ between old and new pages
   */
  record FileResult(
      String file,
      int pages,
      long changedBytes,
      double memcpyGBps,
      Map<String, CodecResult> codecs) {}

  private final int epochPages;
  private final long nsPerCodec;

  /**
   * A benchmark.
   *
   * @param epochPages pages after which an epoch is closed
   * @param nsPerCodec time spent measuring each direction of each codec, in nanoseconds
   */
  EncodeBench(int epochPages, long nsPerCodec) {
    this.epochPages = epochPages;
    this.nsPerCodec = nsPerCodec;
  }

  private List<BenchCodec> codecs() {
    return List.of(
        new EngineCodec("understudy", CodecSettings.understudy(), epochPages),
        new EngineCodec("remus-xor", CodecSettings.remusXor(), epochPages),
        new EngineCodec("fgbi", CodecSettings.fgbi(), epochPages),
        new PeerCodec("xbzrle", true, Packing.NONE),
        new PeerCodec("xbzrle-zstd1", true, Packing.ZSTD),
        new PeerCodec("lz4", false, Packing.LZ4),
        new PeerCodec("zstd1", false, Packing.ZSTD),
        new PrefixCodec());
  }

  FileResult run(PairFile pairs, List<String> only) throws InterruptedException {
    PageDiffs.awaitProbe();
    double memcpy = memcpyGBps(pairs);
    Map<String, CodecResult> results = new LinkedHashMap<>();
    for (BenchCodec codec : codecs()) {
      if (only.isEmpty() || only.contains(codec.name())) {
        results.put(codec.name(), measure(codec, pairs, memcpy));
      }
    }
    return new FileResult(
        pairs.file().toString(), pairs.pages(), pairs.changedBytes(), memcpy, results);
  }

  private CodecResult measure(BenchCodec codec, PairFile pairs, double memcpy) {
    try (EncodedOutput out = new EncodedOutput(pairs);
        BenchMemory memory = new BenchMemory(pairs)) {
      Map<String, Long> classes = new LinkedHashMap<>();
      double encode = gbps(pairs, bestNs(() -> encodeOnce(codec, pairs, out, classes)));
      List<List<EncodedOutput.Piece>> epochs = epochs(out);
      boolean[] verified = {true};
      double decode = gbps(pairs, bestNs(() -> decodeOnce(codec, pairs, memory, epochs, verified)));
      return new CodecResult(
          out.bytes(),
          (double) pairs.pages() * Raw.PAGE / out.bytes(),
          encode,
          decode,
          encode / memcpy,
          verified[0],
          classes);
    }
  }

  private long encodeOnce(
      BenchCodec codec, PairFile pairs, EncodedOutput out, Map<String, Long> classes) {
    out.clear();
    try (BenchCodec.Encoder encoder = codec.encoder(pairs)) {
      long start = System.nanoTime();
      int epoch = 1;
      for (int from = 0; from < pairs.pages(); from += epochPages) {
        encoder.encode(epoch++, from, Math.min(from + epochPages, pairs.pages()), out);
      }
      long ns = System.nanoTime() - start;
      classes.putAll(encoder.bytesByClass());
      return ns;
    }
  }

  private long decodeOnce(
      BenchCodec codec,
      PairFile pairs,
      BenchMemory memory,
      List<List<EncodedOutput.Piece>> epochs,
      boolean[] verified) {
    memory.restore(pairs);
    try (BenchCodec.Decoder decoder = codec.decoder(pairs, memory)) {
      long start = System.nanoTime();
      for (int i = 0; i < epochs.size(); i++) {
        decoder.decode(i + 1, epochs.get(i));
      }
      long ns = System.nanoTime() - start;
      verified[0] &= memory.hasNewPages(pairs);
      return ns;
    }
  }

  private List<List<EncodedOutput.Piece>> epochs(EncodedOutput out) {
    List<List<EncodedOutput.Piece>> epochs = new ArrayList<>();
    for (EncodedOutput.Piece piece : out.pieces()) {
      while (epochs.size() < piece.epoch()) {
        epochs.add(new ArrayList<>());
      }
      epochs.get(piece.epoch() - 1).add(piece);
    }
    return epochs;
  }

  /** One timed run; returns its nanoseconds. */
  private interface Run {
    long ns();
  }

  /** Compiling takes its time: the clock starts again while runs still get much faster. */
  private long bestNs(Run run) {
    long best = Long.MAX_VALUE;
    long started = System.nanoTime();
    long deadline = started + nsPerCodec;
    long limit = started + LONGEST * nsPerCodec;
    for (int i = 0; i < MIN_RUNS || System.nanoTime() < Math.min(deadline, limit); i++) {
      long ns = run.ns();
      if (ns < best - best / 10) {
        deadline = System.nanoTime() + nsPerCodec;
      }
      best = Math.min(best, ns);
    }
    return best;
  }

  private double memcpyGBps(PairFile pairs) {
    try (Arena arena = Arena.ofConfined()) {
      long to = Raw.allocate(arena, (long) pairs.pages() * Raw.PAGE);
      return gbps(
          pairs,
          bestNs(() -> {
            long start = System.nanoTime();
            for (int i = 0; i < pairs.pages(); i++) {
              Raw.copy(pairs.newPage(i), to + (long) i * Raw.PAGE, Raw.PAGE);
            }
            return System.nanoTime() - start;
          }));
    }
  }

  private static double gbps(PairFile pairs, long ns) {
    return (double) pairs.pages() * Raw.PAGE / 1e9 / (ns / NS_PER_S);
  }
}
