package org.understudy.vm.machine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.understudy.vm.net.NetCounts;

/** What a machine's captures cost and carried so far. Written by node and guest, read by any. */
public final class VmCounters {
  private static final double NS_PER_US = 1_000;
  private static final NetCounts NO_FRAMES = new NetCounts(0, 0, 0, 0, 0, 0);

  private PauseTimes sum = PauseTimes.NONE;
  private Supplier<NetCounts> frameCounts = () -> NO_FRAMES;
  private LongSupplier diskWrites = () -> 0;
  private long committedDiskWrites;
  private long replayedFrames;
  private long sentAgainFrames;
  private long pauses;
  private long committedLagNs;
  private long committedPauseUs;
  private long carriedLagNs;

  /** The host's time; the two hosts' may differ by as much as their clocks do. */
  public static long hostTimeUs() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  public synchronized void onPause(PauseTimes pause) {
    pauses++;
    sum =
        new PauseTimes(
            sum.stateNs() + pause.stateNs(),
            sum.scanNs() + pause.scanNs(),
            sum.copyNs() + pause.copyNs(),
            sum.cutNs() + pause.cutNs(),
            sum.resumeNs() + pause.resumeNs());
  }

  public synchronized void onCommitted(long diskWrites) {
    committedDiskWrites += diskWrites;
  }

  /** What the last committed epoch says of the guest's clock, see {@link FramesSection}. */
  public synchronized void onCommittedClock(long lagNs, long pausedAtUs) {
    committedLagNs = lagNs;
    committedPauseUs = pausedAtUs;
  }

  /** The guest goes on here, at the instant of the last committed pause. */
  public synchronized void onTakenOver(long nowUs) {
    carriedLagNs = committedLagNs + Math.max(0, nowUs - committedPauseUs) * (long) NS_PER_US;
  }

  /** How far the guest's clock fell behind in all its pauses, also on nodes before this one. */
  public synchronized long clockLagNs() {
    return carriedLagNs + sum.totalNs();
  }

  public synchronized void onReplayed(long frames) {
    replayedFrames += frames;
  }

  public synchronized void onSentAgain(long frames) {
    sentAgainFrames += frames;
  }

  public synchronized void source(Supplier<NetCounts> frames, LongSupplier issuedDiskWrites) {
    frameCounts = frames;
    diskWrites = issuedDiskWrites;
  }

  /** By name, for status and metrics. */
  public synchronized Map<String, Long> byName() {
    NetCounts frames = frameCounts.get();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("framesOut", frames.frames());
    counts.put("framesOutDropped", frames.droppedFrames());
    counts.put("framesOutDiscarded", frames.discardedFrames());
    counts.put("framesIn", frames.mirroredFrames());
    counts.put("framesReplayed", replayedFrames);
    counts.put("framesSentAgain", sentAgainFrames);
    counts.put("diskWritesIssued", diskWrites.getAsLong());
    counts.put("diskWritesCommitted", committedDiskWrites);
    // A guest's clock stands still in each pause (SAFETY rule V3).
    counts.put("clockLagUs", clockLagNs() / (long) NS_PER_US);
    return counts;
  }

  /** Pauses of checkpoints so far. */
  public synchronized long pauses() {
    return pauses;
  }

  /**
   * The average pause in microseconds, in parts that sum up to it.
   *
   * @param state taking the device state
   * @param scan finding written pages
   * @param copy copying them
   * @param cut cutting the queues and handing over
   * @param resume running on
   */
  public record PauseParts(double state, double scan, double copy, double cut, double resume) {}

  /** The average pause. */
  public synchronized PauseParts averagePartsUs() {
    double count = Math.max(1, pauses) * NS_PER_US;
    return new PauseParts(
        sum.stateNs() / count,
        sum.scanNs() / count,
        sum.copyNs() / count,
        sum.cutNs() / count,
        sum.resumeNs() / count);
  }
}
