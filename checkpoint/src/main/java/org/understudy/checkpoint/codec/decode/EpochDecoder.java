package org.understudy.checkpoint.codec.decode;

import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.codec.format.BatchFormat;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.format.Mem;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * Validates and stages the batches of one epoch, then moves the memory at once. Input is hostile:
 * whatever arrives, memory is unchanged until {@link #apply}. For one thread. Epoch 0 is the
 * exception: its batches are applied as they are accepted, since memory counts for nothing before
 * epoch 0 is committed.
 */
public final class EpochDecoder implements AutoCloseable {
  /** Default limit of staged bytes. */
  public static final long DEFAULT_STAGING_BYTES = 1L << 30;

  /** The batch that is read, the page that is resolved, and what the decompressors keep. */
  private static final long SCRATCH_BYTES = BatchFormat.MAX_BATCH_BYTES + (4L << 20);

  private enum State {
    IDLE,
    STAGING,
    FAILED
  }

  private final long maxStagedBytes;
  private final BatchReader reader = new BatchReader();
  private final BatchValidator validator;
  private final BatchApplier applier;
  private final List<StagedBatch> staged = new ArrayList<>();
  private State state = State.IDLE;
  private long epoch;
  private int batches;
  private int used;
  private long stagedBytes;
  private long heldBytes;
  private boolean closed;

  /** A decoder onto zeroed memory (or memory of a committed epoch). */
  public EpochDecoder(GuestMemory memory, long maxStagedBytes) {
    this.maxStagedBytes = maxStagedBytes;
    this.validator = new BatchValidator(memory.layout().totalPages());
    this.applier = new BatchApplier(memory.address());
  }

  /** What a decoder takes at most; its memory is bounded by the guest's layout. */
  public static List<MemoryBound> bounds(long maxStagedBytes) {
    return List.of(
        MemoryBound.ofNative("staged pages", "limits.staging", maxStagedBytes),
        MemoryBound.ofNative("decoder", "", SCRATCH_BYTES));
  }

  /** Starts staging an epoch; what was staged before is dropped. */
  public void begin(long newEpoch) {
    discard();
    epoch = newEpoch;
    reader.beginEpoch();
    state = State.STAGING;
  }

  /**
   * Validates one batch and stages it.
   *
   * @throws CorruptBatchException naming offset and reason; memory is unchanged, the epoch cannot
   *     be applied any more
   * @throws StagingLimitException when the epoch needs more than the limit; the same holds
   */
  public void accept(DirectBuffer buffer, int offset, int length) {
    requireStaging();
    state = State.FAILED;
    reader.open(buffer, offset, length, epoch, batches);
    StagedBatch batch = nextBatch();
    int bytes = StagedBatch.needed(reader.rawLengths());
    requireRoom(bytes);
    long before = batch.capacity();
    batch.reserve(reader.rawLengths());
    heldBytes += batch.capacity() - before;
    reader.unpack(batch);
    validator.validate(batch, reader);
    if (validator.sharedPages() > 0) {
      bytes += resolveShared(batch, bytes);
    }
    batches++;
    if (epoch == 0) {
      applier.apply(batch);
    } else {
      used++;
      stagedBytes += bytes;
    }
    state = State.STAGING;
  }

  private int resolveShared(StagedBatch batch, int bytes) {
    int sharedBytes = StagedBatch.roundUp(validator.sharedPages() * Mem.PAGE);
    requireRoom((long) bytes + sharedBytes);
    long before = batch.capacity();
    batch.reserveShared(sharedBytes);
    heldBytes += batch.capacity() - before;
    applier.resolveShared(batch);
    return sharedBytes;
  }

  private StagedBatch nextBatch() {
    if (used == staged.size()) {
      staged.add(new StagedBatch());
    }
    return staged.get(used);
  }

  private void requireRoom(long bytes) {
    long needed = stagedBytes + bytes;
    if (needed > maxStagedBytes) {
      throw new StagingLimitException(needed, maxStagedBytes);
    }
    for (int i = staged.size() - 1; i > used && heldBytes + bytes > maxStagedBytes; i--) {
      heldBytes -= staged.get(i).capacity();
      staged.get(i).close();
    }
  }

  /** Moves memory to the staged epoch; cannot fail. Nothing is staged afterwards. */
  public void apply() {
    requireStaging();
    for (int i = 0; i < used; i++) {
      applier.apply(staged.get(i));
    }
    discard();
  }

  private void requireStaging() {
    if (state != State.STAGING) {
      throw new IllegalStateException(
          state == State.FAILED
              ? "a batch of epoch " + epoch + " was refused: begin again"
              : "no epoch is being staged");
    }
  }

  /** Drops what is staged. */
  public void discard() {
    state = State.IDLE;
    batches = 0;
    used = 0;
    stagedBytes = 0;
  }

  /** Bytes staged. */
  public long stagedBytes() {
    return stagedBytes;
  }

  /** Batches accepted in this epoch. */
  public int batches() {
    return batches;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      discard();
      staged.forEach(StagedBatch::close);
      applier.close();
      reader.close();
    }
  }
}
