package org.understudy.backup.agent;

import java.util.Arrays;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.understudy.backup.stage.CheckpointStage;
import org.understudy.backup.stage.CommittedPosition;
import org.understudy.checkpoint.image.Image;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.verify.MemoryDigest;

/**
 * The image and the stage on top of it. A commit counts when the whole checkpoint is verified in
 * memory; the image moves right after the ack was sent, and before the next checkpoint begins.
 */
final class ImageStore implements AutoCloseable {
  private final Supplier<GuestMemory> newMemory;
  private final BackupContext.Limits limits;
  private final BackupObserver metrics;
  private GuestMemory memory;
  private CheckpointStage stage;
  private boolean applyPending;
  private String difference;

  ImageStore(Supplier<GuestMemory> newMemory, BackupContext.Limits limits, BackupObserver metrics) {
    this.newMemory = newMemory;
    this.limits = limits;
    this.metrics = metrics;
  }

  /** An empty image for a full copy. */
  void startImage() {
    drop();
    memory = newMemory.get();
    stage =
        new CheckpointStage(
            new Image(memory, limits.stagingBytes()), limits.sectionBytes(), limits.deviceBytes());
  }

  CheckpointStage stage() {
    return stage;
  }

  boolean hasImage() {
    return stage != null;
  }

  /** The staged checkpoint is committed; it is applied soon. */
  void committed() {
    applyPending = true;
  }

  /** Position of the last committed checkpoint, applied or not. */
  CommittedPosition position() {
    return applyPending ? stage.stagedPosition() : stage.position();
  }

  /** Applies what is committed; returns the work done. */
  int applyCommitted() {
    if (!applyPending) {
      return 0;
    }
    stage.apply();
    applyPending = false;
    CommittedPosition position = stage.position();
    if (position.hasDigest()) {
      byte[] ofImage = MemoryDigest.of(memory.segment());
      metrics.onVerified(position.epoch(), position.digest(), ofImage);
      if (!Arrays.equals(position.digest(), ofImage)) {
        difference = "the image differs from the primary's memory at epoch " + position.epoch();
      }
    }
    return 1;
  }

  /** What is known to be wrong with the image, or null: nothing may be taken over from it. */
  String difference() {
    return difference;
  }

  void discardStaged() {
    if (stage != null && !applyPending) {
      stage.discard();
    }
  }

  /** The image's memory; still the image's until {@link #handedOver}. */
  GuestMemory memory() {
    return memory;
  }

  /** The image is given away: from now on it is the guest's memory. */
  void handedOver() {
    memory = null;
  }

  DirectBuffer deviceState() {
    return stage.deviceState();
  }

  int deviceStateLength() {
    return stage.deviceStateLength();
  }

  long stagedBytes() {
    CheckpointStage current = stage;
    return current == null ? 0 : current.stagedBytes();
  }

  long imageBytes() {
    GuestMemory current = memory;
    return current == null ? 0 : current.layout().totalBytes();
  }

  void drop() {
    applyPending = false;
    difference = null;
    if (stage != null) {
      stage.close();
      stage = null;
    }
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  @Override
  public void close() {
    drop();
  }
}
