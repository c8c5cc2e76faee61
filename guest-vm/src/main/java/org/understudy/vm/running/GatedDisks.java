package org.understudy.vm.running;

import java.io.IOException;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.CopyAmount;
import org.understudy.vm.disk.DiskProgress;
import org.understudy.vm.disk.RunningDisks;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.machine.OwnershipView;

/** The disks of a running machine, whose flushes follow what the register says. */
final class GatedDisks {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final long COPY_BUDGET_NS = 20_000_000;

  /** The backup makes its disk records durable before it says anything. */
  private static final long NOTE_PATIENCE_NS = 3_000_000_000L;

  private static final long TRY_AGAIN_NS = 1_000_000_000L;

  private final RunningDisks disks;
  private final OwnershipView ownership;
  private boolean isGateClosed;
  private boolean isProtected;
  private boolean isCopyTold;
  private boolean isSoloPending;
  private boolean isSoloFaultTold;
  private long soloTriedNs;

  GatedDisks(RunningDisks disks, OwnershipView ownership) {
    this.disks = disks;
    this.ownership = ownership;
  }

  void startCopy() {
    disks.startCopyOverBase(NOTE_PATIENCE_NS);
    isCopyTold = disks.count() == 0;
  }

  void baseNote(DirectBuffer note, int offset, int length) {
    disks.baseNote(note, offset, length);
  }

  void stopCopy() {
    disks.stopCopy();
  }

  void copySome() {
    try {
      disks.copyStep(COPY_BUDGET_NS);
      if (!isCopyTold && disks.isCopied()) {
        isCopyTold = true;
        DiskProgress done = disks.progress();
        LOG.info(
            "disks: {} bytes of data copied, {} bytes were on the backup already",
            done.copiedBytes(),
            done.equalBytes());
      }
    } catch (IOException e) {
      // The guest runs on, unprotected: what a copy needs never ends it.
      disks.breakOff("the disks cannot be copied: " + e.getMessage());
    }
  }

  /** For status, from any thread. */
  CopyAmount toCopy() {
    DiskProgress done = disks.progress();
    return new CopyAmount(done.sizeBytes(), done.sizeBytes() - done.doneBytes());
  }

  boolean isCopied() {
    return disks.isCopied();
  }

  int usedPercent() {
    return disks.usedPercent();
  }

  void beginPause() {
    disks.beginPause();
  }

  /** Why there is nothing to cut, so that a new copy is needed; null while there is. */
  String broken() {
    return disks.broken();
  }

  DiskCut cut() {
    return disks.cut();
  }

  /** Cuts the log while the guest runs on; null when {@link #broken}. */
  DiskCut cutOrNull() {
    try {
      return disks.cut();
    } catch (IllegalStateException e) {
      if (disks.broken() == null) {
        throw e;
      }
      return null;
    }
  }

  /** Output waits for the backup from now on; flushes do not yet, before the register names it. */
  void gateClosed() {
    isGateClosed = true;
  }

  /** Asked in every cycle. */
  void follow() {
    if (isGateClosed && !isProtected && ownership.isProtected()) {
      isProtected = true;
      isSoloPending = false;
      disks.enterProtected(ownership.generation());
    }
    if (isSoloPending && System.nanoTime() - soloTriedNs >= TRY_AGAIN_NS) {
      trySolo();
    }
  }

  /**
   * What was answered while protected is durable when this returns. Where the disk fails the guest
   * goes on all the same, as on any machine with a broken disk, and it is tried again.
   */
  void enterSolo() {
    isGateClosed = false;
    isProtected = false;
    isSoloPending = true;
    isSoloFaultTold = false;
    trySolo();
  }

  private void trySolo() {
    soloTriedNs = System.nanoTime();
    try {
      disks.enterSolo(ownership.generation());
      isSoloPending = false;
    } catch (IOException e) {
      if (!isSoloFaultTold) {
        isSoloFaultTold = true;
        LOG.error(
            "the guest goes on alone, but its disks are not durable: a loss of power may lose what"
                + " was answered before ({}); save its data and mend the disk",
            e.getMessage());
      }
    }
  }

  void close() {
    try {
      disks.close();
    } catch (IOException e) {
      LOG.warn("closing the disks: {}", e.getMessage());
    }
  }
}
