package org.understudy.backup.agent;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.understudy.backup.session.HelloAnswer;
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
  private final ImageMemory source;
  private final BackupContext.Limits limits;
  private final BackupObserver metrics;
  private GuestMemory memory;

  /** What a copy may go over: of the image before, or of a process before this one. */
  private GuestMemory base;

  private CheckpointStage stage;
  private boolean applyPending;
  private String difference;

  ImageStore(ImageMemory source, BackupContext.Limits limits, BackupObserver metrics) {
    this.source = source;
    base = source.base();
    this.limits = limits;
    this.metrics = metrics;
  }

  /** Whether a copy can go over something. */
  boolean hasBase() {
    return base != null || memory != null;
  }

  /** An empty image for a copy: over what is there, or zeroed. */
  void startImage(HelloAnswer answer) {
    drop();
    if (answer.overBase()) {
      takeBase();
    } else {
      closeBase();
      memory = source.zeroed(answer.registerId());
    }
    stage =
        new CheckpointStage(
            new Image(memory, limits.stagingBytes()), limits.sectionBytes(), limits.deviceBytes());
  }

  private void takeBase() {
    if (base == null) {
      throw new IllegalStateException("the primary takes it that there is memory of before");
    }
    source.reused(base);
    memory = base;
    base = null;
  }

  private void closeBase() {
    if (base != null) {
      base.close();
      base = null;
    }
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

  /** There is no image any more; the next copy may go over what was its memory. */
  void drop() {
    applyPending = false;
    difference = null;
    if (stage != null) {
      stage.close();
      stage = null;
    }
    if (memory != null) {
      closeBase();
      base = memory;
      memory = null;
    }
  }

  @Override
  public void close() {
    drop();
    closeBase();
  }
}
