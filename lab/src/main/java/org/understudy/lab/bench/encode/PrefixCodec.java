package org.understudy.lab.bench.encode;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Zstandard level 1 page by page, with the old page as what comes before: {@code zstd1ref}. */
record PrefixCodec() implements BenchCodec {
  @Override
  public String name() {
    return "zstd1ref";
  }

  @Override
  public Encoder encoder(PairFile pairs) {
    return new PrefixEncoder(pairs);
  }

  @Override
  public Decoder decoder(PairFile pairs, BenchMemory memory) {
    return new PrefixDecoder(memory);
  }

  private static byte[] bytesOf(long page) {
    byte[] bytes = new byte[Raw.PAGE];
    Raw.view(page, Raw.PAGE).get(0, bytes);
    return bytes;
  }

  private static final class PrefixEncoder implements Encoder {
    private final PairFile pairs;
    private final ZstdCompressCtx zstd =
        new ZstdCompressCtx().setLevel(1).setMagicless(true).setContentSize(false).setDictID(false);
    private long dataBytes;
    private long headerBytes;

    PrefixEncoder(PairFile pairs) {
      this.pairs = pairs;
    }

    @Override
    public void encode(int epoch, int from, int to, EncodedOutput out) {
      long at = out.address();
      int next = 0;
      for (int i = from; i < to; i++) {
        long start = at;
        int gap = pairs.pageNumber(i) - next;
        at = Raw.putVarint(at, gap << 1 ^ gap >> 31);
        next = pairs.pageNumber(i) + 1;
        ByteBuffer dst = Raw.view(at + 2, 2 * Raw.PAGE);
        ByteBuffer src = Raw.view(pairs.newPage(i), Raw.PAGE);
        zstd.loadDict(bytesOf(pairs.oldPage(i)), ZstdDictContentType.RAW_CONTENT);
        int length = zstd.compressDirectByteBuffer(dst, 0, dst.capacity(), src, 0, Raw.PAGE);
        Raw.putByte(at, length);
        Raw.putByte(at + 1, length >>> 8);
        at += 2;
        headerBytes += at - start;
        dataBytes += length;
        at += length;
      }
      out.add(epoch, (int) (at - out.address()));
    }

    @Override
    public Map<String, Long> bytesByClass() {
      Map<String, Long> bytes = new LinkedHashMap<>();
      bytes.put("shifted", dataBytes);
      bytes.put("headers", headerBytes);
      return bytes;
    }

    @Override
    public void close() {
      zstd.close();
    }
  }

  private static final class PrefixDecoder implements Decoder {
    private final BenchMemory memory;
    private final ZstdDecompressCtx zstd = new ZstdDecompressCtx().setMagicless(true);

    PrefixDecoder(BenchMemory memory) {
      this.memory = memory;
    }

    @Override
    public void decode(int epoch, Iterable<EncodedOutput.Piece> pieces) {
      for (EncodedOutput.Piece piece : pieces) {
        long at = piece.address();
        int next = 0;
        while (at < piece.address() + piece.length()) {
          int gap = 0;
          int shift = 0;
          int read;
          do {
            read = Raw.getByte(at++);
            gap |= (read & 0x7F) << shift;
            shift += 7;
          } while (read >= 0x80);
          int page = next + (gap >>> 1 ^ -(gap & 1));
          next = page + 1;
          int length = Raw.getByte(at) | Raw.getByte(at + 1) << 8;
          ByteBuffer dst = Raw.view(memory.page(page), Raw.PAGE);
          zstd.loadDict(bytesOf(memory.page(page)), ZstdDictContentType.RAW_CONTENT);
          zstd.decompressDirectByteBuffer(dst, 0, Raw.PAGE, Raw.view(at + 2, length), 0, length);
          at += 2 + length;
        }
      }
    }

    @Override
    public void close() {
      zstd.close();
    }
  }
}
