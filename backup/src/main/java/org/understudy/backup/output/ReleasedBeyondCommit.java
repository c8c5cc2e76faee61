package org.understudy.backup.output;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * What left the pair beyond the last commit ({@code llm}, SAFETY rule S4): per input and session
 * the count and hash of the bytes. After a takeover, replay makes them again; exactly those are
 * suppressed and compared, a difference means that the service is not as deterministic as it said.
 * Bounded; one thread; recording does not allocate.
 */
public final class ReleasedBeyondCommit implements ClientFront.SentReplies {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final int mask;
  private final long[] inputs;
  private final long[] sessions;
  private final long[] counts;
  private final long[] hashes;

  private long first;
  private long next;

  /** What is left to suppress of one piece. */
  private static final class Piece {
    final long count;
    final long hash;
    long seen;
    long seenHash = FNV_OFFSET;

    Piece(long count, long hash) {
      this.count = count;
      this.hash = hash;
    }
  }

  private Long2ObjectHashMap<ArrayDeque<Piece>> replay;
  private long differences;
  private long suppressedBytes;

  /**
   * Nothing released.
   *
   * @param maxPieces pieces (one per input and session with output), a power of two; when it is
   *     full {@link #record} refuses and output waits for the next commit
   */
  public ReleasedBeyondCommit(int maxPieces) {
    if (maxPieces <= 0 || Integer.bitCount(maxPieces) != 1) {
      throw new IllegalArgumentException(maxPieces + " pieces: must be a power of two");
    }
    mask = maxPieces - 1;
    inputs = new long[maxPieces];
    sessions = new long[maxPieces];
    counts = new long[maxPieces];
    hashes = new long[maxPieces];
  }

  /** Most heap that so many pieces take. */
  public static MemoryBound heapCeilingBytes(int maxPieces) {
    return MemoryBound.ofHeap("output beyond the last commit", "", 4L * Long.BYTES * maxPieces);
  }

  /** Records bytes before they leave; false if there is no room: they must wait for a commit. */
  public boolean record(
      long afterInput, long sessionId, DirectBuffer buffer, int offset, int length) {
    int last = (int) (next - 1) & mask;
    boolean goesOn = next > first && inputs[last] == afterInput && sessions[last] == sessionId;
    if (!goesOn) {
      if (next - first > mask) {
        return false;
      }
      last = (int) next++ & mask;
      inputs[last] = afterInput;
      sessions[last] = sessionId;
      counts[last] = 0;
      hashes[last] = FNV_OFFSET;
    }
    counts[last] += length;
    hashes[last] = hash(hashes[last], buffer, offset, length);
    return true;
  }

  /** Inputs up to this one are committed: what they made need not be compared. */
  public void commit(long inputPosition) {
    while (first < next && inputs[(int) first & mask] <= inputPosition) {
      first++;
    }
  }

  /** Forgets everything: a full copy follows. */
  public void clear() {
    first = next;
    replay = null;
  }

  /** The replay of the input log begins. */
  public void startReplay() {
    replay = new Long2ObjectHashMap<>();
    for (long at = first; at < next; at++) {
      int slot = (int) at & mask;
      replay
          .computeIfAbsent(sessions[slot], id -> new ArrayDeque<>())
          .add(new Piece(counts[slot], hashes[slot]));
    }
  }

  /**
   * Output that replay made for a session: how many of its first bytes left before and must be
   * suppressed, or -1 if they differ from those: close the session and raise an alarm.
   */
  @Override
  public int suppress(long sessionId, DirectBuffer buffer, int offset, int length) {
    ArrayDeque<Piece> pieces = replay == null ? null : replay.get(sessionId);
    int at = 0;
    while (pieces != null && !pieces.isEmpty() && at < length) {
      Piece piece = pieces.peekFirst();
      int part = (int) Math.min(length - at, piece.count - piece.seen);
      piece.seenHash = hash(piece.seenHash, buffer, offset + at, part);
      piece.seen += part;
      at += part;
      if (piece.seen == piece.count) {
        pieces.removeFirst();
        if (piece.seenHash != piece.hash) {
          differences++;
          return -1;
        }
      }
    }
    suppressedBytes += at;
    return at;
  }

  /**
   * The replay is over: how many sessions were promised bytes that it did not make. The same alarm
   * as for a difference.
   */
  public int endReplay() {
    if (replay == null) {
      return 0; // it was over already
    }
    int missing = 0;
    for (ArrayDeque<Piece> pieces : replay.values()) {
      missing += pieces.isEmpty() ? 0 : 1;
    }
    differences += missing;
    clear();
    return missing;
  }

  private static long hash(long start, DirectBuffer buffer, int offset, int length) {
    long hash = start;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ (buffer.getByte(offset + i) & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** Pieces recorded. */
  public long pieces() {
    return next - first;
  }

  /** Sessions whose replay differed from what had left. */
  public long differences() {
    return differences;
  }

  /** Bytes that replay made again and that were suppressed. */
  public long suppressedBytes() {
    return suppressedBytes;
  }
}
