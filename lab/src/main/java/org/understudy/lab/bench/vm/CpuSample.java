package org.understudy.lab.bench.vm;

/**
 * Progress of a computation in the guest over some time of the host's clock.
 *
 * @param units done
 * @param elapsedNs in this time
 * @param vcpu the processor's thread meanwhile
 */
record CpuSample(long units, long elapsedNs, VcpuTimes.Times vcpu) {
  private static final double PERCENT = 100;

  /** Of two samples as if they were one. */
  CpuSample and(CpuSample other) {
    return new CpuSample(units + other.units, elapsedNs + other.elapsedNs, vcpu.plus(other.vcpu));
  }

  double unitsPerSecond() {
    return VmWindow.over(units * 1e9, elapsedNs);
  }

  /** Share of the time in which the processor was ready but others had the cores. */
  double waitPercent() {
    return VmWindow.over(PERCENT * vcpu.waitNs(), elapsedNs);
  }

  /** Share of the unprotected speed that is lost. */
  double overheadPercent(CpuSample unprotected) {
    return PERCENT * (1 - VmWindow.over(unitsPerSecond(), unprotected.unitsPerSecond()));
  }

  /**
   * What of the overhead is neither pause nor waiting for a core: faults of writes to pages that
   * are tracked, code that is translated again, colder caches.
   *
   * @param pausePercent share of the time in pauses
   */
  double restPercent(CpuSample unprotected, double pausePercent) {
    return overheadPercent(unprotected)
        - pausePercent
        - (waitPercent() - unprotected.waitPercent());
  }
}
