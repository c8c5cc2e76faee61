package org.understudy.lab.bench.encode;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the codec is compared with: per epoch the page numbers as differences, then for each page
 * either its XBZRLE runs, or the whole page, and on all of that a compressor.
 *
 * @param xbzrle runs against the old page instead of whole pages
 * @param packing compressor of the epoch
 */
record PeerCodec(String name, boolean xbzrle, Packing packing) implements BenchCodec {
  private static final int PAGE_OVERHEAD = 16;

  @Override
  public Encoder encoder(PairFile pairs) {
    return new PeerEncoder(pairs);
  }

  @Override
  public Decoder decoder(PairFile pairs, BenchMemory memory) {
    return new PeerDecoder(pairs, memory);
  }

  private static int stageCapacity(PairFile pairs) {
    return Math.toIntExact(
            Math.min(pairs.pages(), EncodeBench.MAX_EPOCH_PAGES)
                * (Raw.PAGE + (long) PAGE_OVERHEAD))
        + 64;
  }

  private final class PeerEncoder implements Encoder {
    private final Arena arena = Arena.ofShared();
    private final PairFile pairs;
    private final long stage;
    private final int capacity;
    private final long shadow;
    private final Packer packer = new Packer(packing);
    private long dataBytes;
    private long headerBytes;

    PeerEncoder(PairFile pairs) {
      this.pairs = pairs;
      capacity = stageCapacity(pairs);
      stage = Raw.allocate(arena, capacity);
      shadow = xbzrle ? Raw.allocate(arena, (long) pairs.pages() * Raw.PAGE) : 0;
      for (int i = 0; xbzrle && i < pairs.pages(); i++) {
        Raw.copy(pairs.oldPage(i), shadow + (long) i * Raw.PAGE, Raw.PAGE);
      }
    }

    @Override
    public void encode(int epoch, int from, int to, EncodedOutput out) {
      long at = Raw.putVarint(stage, to - from);
      int next = 0;
      for (int i = from; i < to; i++) {
        int gap = pairs.pageNumber(i) - next;
        at = Raw.putVarint(at, gap << 1 ^ gap >> 31);
        next = pairs.pageNumber(i) + 1;
      }
      long data = at;
      for (int i = from; i < to; i++) {
        at = xbzrle ? putRuns(i, at) : putWhole(i, at);
      }
      int length = packer.pack(stage, (int) (at - stage), capacity, out.address(), out.room());
      headerBytes += Math.min(length, data - stage);
      dataBytes += length - Math.min(length, data - stage);
      out.add(epoch, length);
    }

    private long putWhole(int index, long at) {
      Raw.copy(pairs.newPage(index), at, Raw.PAGE);
      return at + Raw.PAGE;
    }

    private long putRuns(int index, long at) {
      long old = shadow + (long) index * Raw.PAGE;
      long page = pairs.newPage(index);
      long end = Xbzrle.encode(old, page, at + 2);
      int length = (int) (end - at - 2);
      Raw.putByte(at, length);
      Raw.putByte(at + 1, length >>> 8);
      Raw.copy(page, old, Raw.PAGE);
      return end;
    }

    @Override
    public Map<String, Long> bytesByClass() {
      Map<String, Long> bytes = new LinkedHashMap<>();
      bytes.put(xbzrle ? "xorRle" : "whole", dataBytes);
      bytes.put("headers", headerBytes);
      return bytes;
    }

    @Override
    public void close() {
      packer.close();
      arena.close();
    }
  }

  private final class PeerDecoder implements Decoder {
    private final Arena arena = Arena.ofShared();
    private final BenchMemory memory;
    private final long stage;
    private final int capacity;
    private final Packer packer = new Packer(packing);
    private long at;

    PeerDecoder(PairFile pairs, BenchMemory memory) {
      this.memory = memory;
      capacity = stageCapacity(pairs);
      stage = Raw.allocate(arena, capacity);
    }

    @Override
    public void decode(int epoch, Iterable<EncodedOutput.Piece> pieces) {
      for (EncodedOutput.Piece piece : pieces) {
        packer.unpack(piece.address(), piece.length(), stage, capacity);
        at = stage;
        int[] pages = new int[varint()];
        int next = 0;
        for (int i = 0; i < pages.length; i++) {
          int gap = varint();
          pages[i] = next + (gap >>> 1 ^ -(gap & 1));
          next = pages[i] + 1;
        }
        for (int page : pages) {
          rebuild(memory.page(page));
        }
      }
    }

    private void rebuild(long page) {
      if (xbzrle) {
        int length = Raw.getByte(at) | Raw.getByte(at + 1) << 8;
        Xbzrle.decode(at + 2, length, page);
        at += 2 + length;
      } else {
        Raw.copy(at, page, Raw.PAGE);
        at += Raw.PAGE;
      }
    }

    private int varint() {
      int value = 0;
      int shift = 0;
      int next;
      do {
        next = Raw.getByte(at++);
        value |= (next & 0x7F) << shift;
        shift += 7;
      } while (next >= 0x80);
      return value;
    }

    @Override
    public void close() {
      packer.close();
      arena.close();
    }
  }
}
