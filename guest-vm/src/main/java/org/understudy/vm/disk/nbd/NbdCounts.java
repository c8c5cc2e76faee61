package org.understudy.vm.disk.nbd;

import java.util.concurrent.atomic.LongAdder;

/** What the NBD server has seen. */
public final class NbdCounts {
  final LongAdder sessions = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder broken = new LongAdder();
  final LongAdder failed = new LongAdder();

  NbdCounts() {}

  /** Connections that reached an export. */
  public long sessions() {
    return sessions.sum();
  }

  /** Connections beyond the limit. */
  public long refused() {
    return refused.sum();
  }

  /** Connections ended for what the client sent, or by a broken socket. */
  public long broken() {
    return broken.sum();
  }

  /** Connections ended by a fault of this side. */
  public long failed() {
    return failed.sum();
  }
}
