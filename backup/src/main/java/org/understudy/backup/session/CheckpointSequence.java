package org.understudy.backup.session;

import org.understudy.checkpoint.guest.CaptureKind;

/**
 * The legal order of checkpoints: numbered rounds of epoch 0, then one checkpoint after the other,
 * each begun once and ended once. What is inside one (batches, sections, checksum) is checked by
 * the decoder.
 */
final class CheckpointSequence {
  /** What a message is in that order. */
  enum Place {
    NEXT,
    DUPLICATE,
    ILLEGAL
  }

  private long committed = -1;
  private int rounds;
  private boolean open;
  private CaptureKind kind;

  void reset() {
    committed = -1;
    rounds = 0;
    open = false;
  }

  Place begin(long epoch, int round, CaptureKind newKind) {
    if (epoch <= committed) {
      return Place.DUPLICATE;
    }
    if (open || epoch != committed + 1 || round != rounds || newKind == CaptureKind.NONE) {
      return Place.ILLEGAL;
    }
    if (newKind == CaptureKind.ROUND && epoch != 0) {
      return Place.ILLEGAL;
    }
    open = true;
    kind = newKind;
    return Place.NEXT;
  }

  Place part(long epoch) {
    if (epoch <= committed) {
      return Place.DUPLICATE;
    }
    return open && epoch == committed + 1 ? Place.NEXT : Place.ILLEGAL;
  }

  /** The open checkpoint or round is whole and verified. */
  void end() {
    open = false;
    rounds += kind == CaptureKind.ROUND ? 1 : 0;
  }

  void commit() {
    committed++;
    rounds = 0;
  }

  void abort() {
    open = false;
  }

  boolean isOpen() {
    return open;
  }

  CaptureKind kind() {
    return kind;
  }

  long committed() {
    return committed;
  }
}
