package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A machine's disk of a few blocks: it records what is written while a copy is under way, and reads
 * one block a round for that copy. On a backup, what records of another one made of it.
 */
public final class AgentDisk {
  private static final int BLOCKS = 4;
  private static final int RECORD_BYTES = 2 * Long.BYTES;
  private static final long WRITES = 64;

  private record Write(int block, long value) {}

  private final long[] blocks = new long[BLOCKS];
  private final List<Write> writes = new ArrayList<>();
  private boolean isRecording;
  private int copied;

  /** What each block holds; not a copy. */
  public long[] blocks() {
    return blocks;
  }

  /** An input is consumed: half of the choices made at one write a block. */
  void consumed(long choice) {
    if ((choice & WRITES) != 0) {
      int block = (int) Math.floorMod(choice >>> 8, (long) BLOCKS);
      blocks[block] = blocks[block] * 31 + choice;
      record(block);
    }
  }

  private void record(int block) {
    if (isRecording) {
      writes.add(new Write(block, blocks[block]));
    }
  }

  void startCopy() {
    writes.clear();
    copied = 0;
    isRecording = true;
  }

  void stopCopy() {
    writes.clear();
    isRecording = false;
  }

  /** A disk of the same content. */
  public AgentDisk copy() {
    AgentDisk copy = new AgentDisk();
    System.arraycopy(blocks, 0, copy.blocks, 0, BLOCKS);
    return copy;
  }

  /** No round was taken: what is captured now is for this node's own disk. */
  boolean isNothingCopied() {
    return copied == 0;
  }

  boolean isCopied() {
    return copied == BLOCKS;
  }

  /** What was written since the last round, and the next block. */
  UnsafeBuffer takeRound() {
    if (!isCopied()) {
      record(copied++);
    }
    return take();
  }

  /** What was written since the last cut. */
  UnsafeBuffer take() {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[writes.size() * RECORD_BYTES]);
    int at = 0;
    for (Write write : writes) {
      buffer.putLong(at, write.block, ByteOrder.LITTLE_ENDIAN);
      buffer.putLong(at + Long.BYTES, write.value, ByteOrder.LITTLE_ENDIAN);
      at += RECORD_BYTES;
    }
    writes.clear();
    return buffer;
  }

  /** Records of another disk, in their order. */
  void apply(DirectBuffer records, int length) {
    for (int at = 0; at < length; at += RECORD_BYTES) {
      int block = (int) records.getLong(at, ByteOrder.LITTLE_ENDIAN);
      blocks[block] = records.getLong(at + Long.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
