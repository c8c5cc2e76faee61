package org.understudy.vm.machine;

/**
 * One pause of the guest in parts that sum up to it, in nanoseconds.
 *
 * @param stateNs from the guest's stop until pages could be looked for, and what there was to wait
 *     for its device state after the cut: QEMU writes that at the same time
 * @param scanNs finding the written pages
 * @param copyNs copying them
 * @param cutNs cutting the queues of network and disks, and handing over
 * @param resumeNs until it ran again
 */
public record PauseTimes(long stateNs, long scanNs, long copyNs, long cutNs, long resumeNs) {
  /** Of a guest that was not paused yet. */
  public static final PauseTimes NONE = new PauseTimes(0, 0, 0, 0, 0);

  /** The whole pause. */
  public long totalNs() {
    return stateNs + scanNs + copyNs + cutNs + resumeNs;
  }
}
