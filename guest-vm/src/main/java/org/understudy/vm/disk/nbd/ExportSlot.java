package org.understudy.vm.disk.nbd;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An export and the one connection that may use it. A client that reconnects sends its unanswered
 * requests again; the old connection's must be done with by then, or an old write would come after
 * a newer one.
 */
final class ExportSlot {
  private final NbdExport export;
  private final Semaphore user = new Semaphore(1, true);

  ExportSlot(NbdExport export) {
    this.export = export;
  }

  NbdExport export() {
    return export;
  }

  /** False when the connection before does not end in time. */
  boolean take(long waitNs) {
    try {
      return user.tryAcquire(waitNs, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void giveBack() {
    user.release();
  }
}
