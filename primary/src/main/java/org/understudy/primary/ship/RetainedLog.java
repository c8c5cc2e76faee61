package org.understudy.primary.ship;

import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.ReservedMemory;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SendStatus;

/**
 * Encoded messages on their way to the backup and, after they were sent, until their epoch is
 * acked: on a resume they are sent again byte for byte. A ring of fixed chunks off the heap, whose
 * bound is reserved at the start; beyond a small stock, and what was needed lately, chunks that are
 * free give back their pages. Positions are absolute and only grow.
 *
 * <p>trim &lt;= send &lt;= append; bytes from trim to append are held. Not thread safe.
 */
public final class RetainedLog {
  /** Bytes of a chunk; a message never crosses one. */
  static final int CHUNK_BYTES = 1 << 20;

  private static final int LENGTH_BYTES = Integer.BYTES;
  private static final int ALIGNMENT = 8;
  private static final int PADDING = -1;

  /** Free chunks that keep their pages, however little was needed lately. */
  private static final int WARM_CHUNKS = 16;

  /** Of what was needed lately a sixteenth is forgotten with each trim. */
  private static final int FORGET_SHIFT = 4;

  private final UnsafeBuffer[] chunks;

  /** Chunks without a place, last used on top: the log works in few, warm ones. */
  private final UnsafeBuffer[] free;

  /** Free chunks at the bottom that have given their pages back. */
  private int coldCount;

  private final ReservedMemory memory;
  private int freeCount;
  private int made;

  /** Chunks in use at once lately: a guest that writes much needs as many for its next epoch. */
  private int lately;

  private long trimPosition;
  private long sendPosition;
  private long appendPosition;

  /** Most memory that a log of this limit takes. */
  public static long ceilingBytes(long limitBytes) {
    return Math.max(4, (limitBytes + CHUNK_BYTES - 1) / CHUNK_BYTES) * CHUNK_BYTES;
  }

  /** A log of at most so many bytes, rounded up to chunks; at least 4 MiB. */
  public RetainedLog(long limitBytes) {
    long count = ceilingBytes(limitBytes) / CHUNK_BYTES;
    if (count > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException("staging limit " + limitBytes + " is too large");
    }
    chunks = new UnsafeBuffer[(int) count];
    free = new UnsafeBuffer[(int) count];
    memory = ReservedMemory.of("checkpoints on their way", count * CHUNK_BYTES);
  }

  /**
   * Makes room for one message of at most so many bytes.
   *
   * @return false if the log is full: send, or trim, first
   */
  public boolean reserve(int bytes) {
    int needed = LENGTH_BYTES + bytes;
    if (needed > CHUNK_BYTES) {
      throw new IllegalArgumentException("message of " + bytes + " bytes exceeds a chunk");
    }
    int inChunk = (int) (appendPosition % CHUNK_BYTES);
    if (inChunk == 0) {
      return claimChunk(appendPosition);
    }
    if (CHUNK_BYTES - inChunk >= needed) {
      return true;
    }
    long nextChunk = appendPosition - inChunk + CHUNK_BYTES;
    if (!claimChunk(nextChunk)) {
      return false;
    }
    chunkAt(appendPosition).putInt(inChunk, PADDING, ByteOrder.LITTLE_ENDIAN);
    if (sendPosition == appendPosition) {
      sendPosition = nextChunk;
    }
    if (trimPosition == appendPosition) {
      moveTrim(nextChunk);
    }
    appendPosition = nextChunk;
    return true;
  }

  private boolean claimChunk(long position) {
    long first = trimPosition / CHUNK_BYTES;
    long wanted = position / CHUNK_BYTES;
    if (wanted - first >= chunks.length) {
      return false;
    }
    int slot = (int) (wanted % chunks.length);
    if (chunks[slot] == null) {
      chunks[slot] = takeChunk();
    }
    return true;
  }

  private UnsafeBuffer takeChunk() {
    if (freeCount > 0) {
      UnsafeBuffer taken = free[--freeCount];
      coldCount = Math.min(coldCount, freeCount);
      return taken;
    }
    long offset = (long) made++ * CHUNK_BYTES;
    return new UnsafeBuffer(memory.buffer(offset, CHUNK_BYTES));
  }

  /** Free chunks are used from the top: those at the bottom wait longest. */
  private void giveBackCold() {
    int warm = Math.max(WARM_CHUNKS, lately - usedChunks());
    while (freeCount - coldCount > warm) {
      UnsafeBuffer cold = free[coldCount++];
      memory.giveBack(cold.addressOffset() - memory.address(), CHUNK_BYTES);
    }
  }

  /** Lets go of the chunks that lie before a position as a whole. */
  private void moveTrim(long position) {
    lately = Math.max(usedChunks(), lately - (lately >>> FORGET_SHIFT));
    for (long chunk = trimPosition / CHUNK_BYTES; chunk < position / CHUNK_BYTES; chunk++) {
      int slot = (int) (chunk % chunks.length);
      if (chunks[slot] != null) {
        free[freeCount++] = chunks[slot];
        chunks[slot] = null;
      }
    }
    trimPosition = position;
    giveBackCold();
  }

  private int usedChunks() {
    return made - freeCount;
  }

  private UnsafeBuffer chunkAt(long position) {
    return chunks[(int) (position / CHUNK_BYTES % chunks.length)];
  }

  /** Buffer of the reserved message. */
  public UnsafeBuffer buffer() {
    return chunkAt(appendPosition);
  }

  /** Offset of the reserved message in {@link #buffer}. */
  public int offset() {
    return (int) (appendPosition % CHUNK_BYTES) + LENGTH_BYTES;
  }

  /** Ends the reserved message at this length. */
  public void commit(int length) {
    int at = (int) (appendPosition % CHUNK_BYTES);
    chunkAt(appendPosition).putInt(at, length, ByteOrder.LITTLE_ENDIAN);
    appendPosition += LENGTH_BYTES + length + ALIGNMENT - 1;
    appendPosition -= appendPosition % ALIGNMENT;
  }

  /**
   * Sends from the send position on.
   *
   * @param maxBytes ends after about so many bytes
   * @return bytes sent; less than {@code maxBytes} when everything is sent or the link is full
   */
  public long send(MessageSender sender, long maxBytes) {
    long sent = 0;
    while (sent < maxBytes && sendPosition < appendPosition) {
      int at = (int) (sendPosition % CHUNK_BYTES);
      UnsafeBuffer chunk = chunkAt(sendPosition);
      int length =
          CHUNK_BYTES - at < LENGTH_BYTES ? PADDING : chunk.getInt(at, ByteOrder.LITTLE_ENDIAN);
      if (length == PADDING) {
        sendPosition += CHUNK_BYTES - at;
        continue;
      }
      if (sender.send(chunk, at + LENGTH_BYTES, length) != SendStatus.SENT) {
        break;
      }
      sent += length;
      sendPosition += LENGTH_BYTES + length + ALIGNMENT - 1;
      sendPosition -= sendPosition % ALIGNMENT;
    }
    return sent;
  }

  /** Position behind the last message. */
  public long appendPosition() {
    return appendPosition;
  }

  /** Position of the next message to send. */
  public long sendPosition() {
    return sendPosition;
  }

  /** Position of the oldest message that is held. */
  public long trimPosition() {
    return trimPosition;
  }

  /** Everything appended was sent. */
  public boolean isSent() {
    return sendPosition == appendPosition;
  }

  /** Lets go of everything before a position that was sent. */
  public void trim(long position) {
    if (position > sendPosition) {
      throw new IllegalArgumentException("trim " + position + " beyond sent " + sendPosition);
    }
    if (position > trimPosition) {
      moveTrim(position);
    }
  }

  /** Whether the messages from this position on are still held. */
  public boolean holds(long position) {
    return position >= trimPosition && position <= appendPosition;
  }

  /** Sends again from a held position. */
  public void rewind(long position) {
    if (!holds(position)) {
      throw new IllegalArgumentException(position + " is not held, trim is at " + trimPosition);
    }
    sendPosition = position;
  }

  /** Drops everything. */
  public void clear() {
    long next = appendPosition + CHUNK_BYTES - 1;
    next -= next % CHUNK_BYTES;
    moveTrim(next);
    lately = 0;
    giveBackCold();
    sendPosition = next;
    appendPosition = next;
  }

  /** Bytes held. */
  public long heldBytes() {
    return appendPosition - trimPosition;
  }

  /** Memory that may be backed by pages of the host. */
  public long memoryBytes() {
    return (long) (made - coldCount) * CHUNK_BYTES;
  }

  /** Most memory that it may use. */
  public long limitBytes() {
    return (long) chunks.length * CHUNK_BYTES;
  }
}
