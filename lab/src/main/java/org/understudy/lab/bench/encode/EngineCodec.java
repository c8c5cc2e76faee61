package org.understudy.lab.bench.encode;

import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.encode.EncodeStats;
import org.understudy.checkpoint.codec.encode.EpochEncoder;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.checkpoint.guest.CapturedPages;

/** A preset of the project's own codec. */
record EngineCodec(String name, CodecSettings settings, int epochPages) implements BenchCodec {

  @Override
  public Encoder encoder(PairFile pairs) {
    return new EngineEncoder(settings, pairs, epochPages);
  }

  @Override
  public Decoder decoder(PairFile pairs, BenchMemory memory) {
    return new EngineDecoder(memory);
  }

  private static final class EngineEncoder implements Encoder {
    private final EpochEncoder encoder;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final PairFile pairs;

    EngineEncoder(CodecSettings settings, PairFile pairs, int epochPages) {
      this.pairs = pairs;
      encoder = new EpochEncoder(settings, BenchMemory.layout(pairs), Math.min(epochPages, 1000));
      UnsafeBuffer scratch = new UnsafeBuffer(new byte[BatchFormat.MAX_BATCH_BYTES]);
      encoder.begin(0, new Records(pairs, 0, pairs.pages(), true));
      while (encoder.encodeNext(scratch, 0, scratch.capacity()) > 0) {
        // The old pages are shipped: from here on the encoder knows them.
      }
      encoder.stats().reset();
    }

    @Override
    public void encode(int epoch, int from, int to, EncodedOutput out) {
      encoder.begin(epoch, new Records(pairs, from, to, false));
      int length = 1;
      while (length > 0) {
        buffer.wrap(out.address(), out.room());
        length = encoder.encodeNext(buffer, 0, Math.min(out.room(), BatchFormat.MAX_BATCH_BYTES));
        if (length > 0) {
          out.add(epoch, length);
        }
      }
    }

    @Override
    public Map<String, Long> bytesByClass() {
      Map<String, Long> bytes = new LinkedHashMap<>();
      EncodeStats stats = encoder.stats();
      for (PageClass pageClass : PageClass.values()) {
        bytes.put(pageClass.key(), stats.bytes(pageClass));
      }
      return bytes;
    }

    @Override
    public void close() {
      encoder.close();
    }
  }

  private static final class EngineDecoder implements Decoder {
    private final EpochDecoder decoder;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);

    EngineDecoder(BenchMemory memory) {
      decoder = new EpochDecoder(memory, EpochDecoder.DEFAULT_STAGING_BYTES);
    }

    @Override
    public void decode(int epoch, Iterable<EncodedOutput.Piece> pieces) {
      decoder.begin(epoch);
      for (EncodedOutput.Piece piece : pieces) {
        buffer.wrap(piece.address(), piece.length());
        decoder.accept(buffer, 0, piece.length());
      }
      decoder.apply();
    }

    @Override
    public void close() {
      decoder.close();
    }
  }

  /** Some records of a file as a capture. */
  private record Records(PairFile pairs, int from, int to, boolean old) implements CapturedPages {
    @Override
    public int count() {
      return to - from;
    }

    @Override
    public int page(int index) {
      return pairs.pageNumber(from + index);
    }

    @Override
    public long acquire(int index) {
      return old ? pairs.oldPage(from + index) : pairs.newPage(from + index);
    }

    @Override
    public void release(int index) {
      // Nobody writes these pages.
    }

    @Override
    public long copiedPages() {
      return 0;
    }
  }
}
