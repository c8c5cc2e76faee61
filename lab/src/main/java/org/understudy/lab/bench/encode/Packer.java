package org.understudy.lab.bench.encode;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** One compressor over native memory. */
final class Packer implements AutoCloseable {
  private final Packing packing;
  private final ZstdCompressCtx compress = new ZstdCompressCtx().setLevel(1);
  private final ZstdDecompressCtx decompress = new ZstdDecompressCtx();
  private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
  private final LZ4SafeDecompressor unlz4 = LZ4Factory.fastestInstance().safeDecompressor();

  Packer(Packing packing) {
    this.packing = packing;
  }

  int pack(long from, int length, int capacity, long to, int room) {
    if (packing == Packing.NONE) {
      Raw.copy(from, to, length);
      return length;
    }
    ByteBuffer src = Raw.view(from, capacity);
    ByteBuffer dst = Raw.view(to, room);
    return packing == Packing.LZ4
        ? lz4.compress(src, 0, length, dst, 0, room)
        : compress.compressDirectByteBuffer(dst, 0, room, src, 0, length);
  }

  void unpack(long from, int length, long to, int capacity) {
    if (packing == Packing.NONE) {
      Raw.copy(from, to, length);
      return;
    }
    ByteBuffer src = Raw.view(from, length);
    ByteBuffer dst = Raw.view(to, capacity);
    if (packing == Packing.LZ4) {
      unlz4.decompress(src, 0, length, dst, 0, capacity);
    } else {
      decompress.decompressDirectByteBuffer(dst, 0, capacity, src, 0, length);
    }
  }

  @Override
  public void close() {
    compress.close();
    decompress.close();
  }
}
