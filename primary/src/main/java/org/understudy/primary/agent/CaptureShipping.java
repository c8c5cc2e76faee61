package org.understudy.primary.agent;

import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.codec.encode.EncodeStats;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.ship.CaptureEncoder;
import org.understudy.primary.ship.RetainedLog;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.wire.MessageSender;

/**
 * Moves captures from the guest port through the shipper to the link, a few slices per duty cycle,
 * and remembers where in the log each unacked epoch is.
 */
final class CaptureShipping {
  /**
   * Slices of one cycle: with about 200 us each, heartbeats are never late by more than a few ms.
   */
  private static final int SLICES_PER_CYCLE = 4;

  private static final long SEND_BYTES_PER_CYCLE = 4 << 20;
  private static final int REMEMBERED = 64;

  private static final Logger LOG = LoggerFactory.getLogger(CaptureShipping.class);

  private final GuestPort port;
  private final Supplier<CaptureEncoder> newShipper;
  private final RetainedLog log;
  private final PrimaryObserver metrics;
  private final long[] startPositions = new long[REMEMBERED];
  private final long[] endPositions = new long[REMEMBERED];
  private final long[] capturedAtNs = new long[REMEMBERED];
  private final long[] outputSinceNs = new long[REMEMBERED];
  private final PrimaryCounters counters;
  private final EncodeStats nothingEncoded = new EncodeStats();

  private Capture waiting;
  private Capture working;
  private CaptureKind kind = CaptureKind.NONE;
  private long epoch = -1;
  private long copy;
  private long pages;
  private long lastCaptureNs;
  private long stagingPeakBytes;

  /** Made for the first copy: a node that just took over serves its clients before that. */
  private volatile CaptureEncoder shipper;

  private long encodeNsBefore;
  private long alreadyThereBefore;

  CaptureShipping(
      GuestPort port,
      Supplier<CaptureEncoder> newShipper,
      RetainedLog log,
      PrimaryObserver metrics,
      PrimaryCounters counters) {
    this.port = port;
    this.newShipper = newShipper;
    this.log = log;
    this.metrics = metrics;
    this.counters = counters;
  }

  /** Takes the next capture and encodes a slice of it. */
  int encode(PrimarySession session, long releasedEpoch) {
    if (shipper == null) {
      return 0;
    }
    int work = take(session, releasedEpoch);
    for (int i = 0; i < SLICES_PER_CYCLE && shipper.slice(); i++) {
      work++;
      if (shipper.isIdle()) {
        finished(session);
        break;
      }
    }
    stagingPeakBytes = Math.max(stagingPeakBytes, log.heldBytes());
    letGoOfWhatNobodyNeeds();
    return work;
  }

  /** Sends what is encoded; to be called only when output that was made before it is sent. */
  int send(MessageSender sender) {
    int work = !log.isSent() && log.send(sender, SEND_BYTES_PER_CYCLE) > 0 ? 1 : 0;
    letGoOfWhatNobodyNeeds();
    return work;
  }

  private int take(PrimarySession session, long releasedEpoch) {
    if (waiting == null) {
      waiting = port.takeCapture();
      if (waiting == null) {
        return 0;
      }
      if (!session.onCaptured(port.captureCopy(), waiting.kind(), port.captureEpoch())) {
        drop();
        return 1;
      }
      report();
    }
    if (!shipper.isIdle()
        || !shipper.begin(
            waiting,
            port.captureEpoch(),
            port.captureRound(),
            releasedEpoch,
            port.captureDigest())) {
      return 0;
    }
    kind = waiting.kind();
    epoch = port.captureEpoch();
    copy = port.captureCopy();
    pages = waiting.isCopyUnfinished() ? PrimarySession.UNFINISHED : waiting.pages().count();
    encodeNsBefore = shipper.stats().encodeNs();
    alreadyThereBefore = shipper.stats().alreadyTherePages();
    if (kind != CaptureKind.ROUND) {
      startPositions[slot(epoch)] = shipper.beginPosition();
      capturedAtNs[slot(epoch)] = port.captureNs();
      outputSinceNs[slot(epoch)] = port.captureOutputSinceNs();
    }
    working = waiting;
    waiting = null;
    return 1;
  }

  private void report() {
    long since = lastCaptureNs == 0 ? 0 : port.captureNs() - lastCaptureNs;
    lastCaptureNs = port.captureNs();
    if (waiting.kind() != CaptureKind.ROUND && port.captureEpoch() > 0) {
      counters.dirtyPages = counters.dirtyPages + waiting.pages().count();
      metrics.onCaptured(port.captureEpoch(), waiting.pages().count(), since);
    }
  }

  private void drop() {
    Capture dropped = waiting;
    waiting = null;
    dropped.release();
    port.onReleased();
  }

  private void finished(PrimarySession session) {
    counters.cowPages = counters.cowPages + working.pages().copiedPages();
    long alreadyThere = shipper.stats().alreadyTherePages() - alreadyThereBefore;
    if (alreadyThere > 0) {
      LOG.info("the backup held {} of {} pages already", alreadyThere, working.pages().count());
    }
    working = null;
    if (kind == CaptureKind.ROUND) {
      counters.rounds = counters.rounds + 1;
    } else {
      endPositions[slot(epoch)] = log.appendPosition();
      metrics.onEncoded(epoch, shipper.stats().encodeNs() - encodeNsBefore);
    }
    port.onReleased();
    session.onShipped(copy, kind, epoch, pages);
  }

  /**
   * Rounds are never sent again, and where one epoch is larger than the log the oldest part of it
   * goes: a link that breaks then costs a full copy (SAFETY rule E2).
   */
  private void letGoOfWhatNobodyNeeds() {
    boolean round = kind == CaptureKind.ROUND;
    boolean full = log.limitBytes() - log.heldBytes() < 2 * (1 << 20);
    if (round || full) {
      log.trim(log.sendPosition());
    }
  }

  /** Whether everything after this epoch can be sent again. */
  boolean canResumeAfter(long committedEpoch) {
    long next = committedEpoch + 1;
    return next > epoch || (kind != CaptureKind.ROUND && log.holds(startPositions[slot(next)]));
  }

  /** Sends everything after this epoch again. */
  void resendAfter(long committedEpoch) {
    long next = committedEpoch + 1;
    long before = log.sendPosition();
    if (next <= epoch) {
      log.rewind(startPositions[slot(next)]);
      counters.resentBytes = counters.resentBytes + before - log.sendPosition();
    }
  }

  void forget(long ackedEpoch, long nowNs) {
    if (epoch - ackedEpoch < REMEMBERED) {
      log.trim(Math.min(log.sendPosition(), endPositions[slot(ackedEpoch)]));
      if (ackedEpoch > 0) {
        metrics.onCommitted(ackedEpoch, nowNs - capturedAtNs[slot(ackedEpoch)]);
        long sinceNs = outputSinceNs[slot(ackedEpoch)];
        if (sinceNs != 0) {
          metrics.onOutputReleased(ackedEpoch, nowNs - sinceNs);
        }
      }
    }
  }

  /** Gets ready for a new copy. */
  void startCopy() {
    if (shipper == null) {
      shipper = newShipper.get();
    }
    try {
      clear();
    } catch (RuntimeException | Error failure) {
      drop(failure);
      throw failure;
    }
  }

  /** The copy that begins goes over what the backup holds already. */
  void awaitBase() {
    shipper.awaitBase();
  }

  /** What it holds of consecutive pages; false if that makes no sense. */
  boolean base(int firstPage, DirectBuffer hashes, int offset, int length) {
    return shipper != null && shipper.base(firstPage, hashes, offset, length);
  }

  /** A shipper that failed half-way is of no use: the next copy makes another. */
  private void drop(Throwable failure) {
    CaptureEncoder broken = shipper;
    shipper = null;
    try {
      broken.close();
    } catch (RuntimeException | Error second) {
      failure.addSuppressed(second);
    }
  }

  /** Encoding failed, for want of memory for example: the copy is lost, the guest goes on. */
  void fail(Throwable failure) {
    try {
      clear();
    } catch (RuntimeException | Error second) {
      failure.addSuppressed(second);
    }
    if (shipper != null) {
      drop(failure);
    }
  }

  /** Drops everything: for a new copy, or because protection ended. */
  void clear() {
    if (shipper == null) {
      return;
    }
    if (waiting != null) {
      drop();
    }
    boolean wasWorking = working != null;
    working = null;
    try {
      shipper.reset();
    } finally {
      log.clear();
      epoch = -1;
      kind = CaptureKind.NONE;
      if (wasWorking) {
        port.onReleased();
      }
    }
  }

  private static int slot(long ofEpoch) {
    return (int) (ofEpoch & (REMEMBERED - 1));
  }

  long stagingPeakBytes() {
    return stagingPeakBytes;
  }

  long pagesLeft() {
    CaptureEncoder current = shipper;
    return current == null ? 0 : current.pagesLeft();
  }

  EncodeStats stats() {
    return shipper == null ? nothingEncoded : shipper.stats();
  }

  /** Encoded bytes of a section kind. */
  long sectionBytes(SectionKind section) {
    return shipper == null ? 0 : shipper.sectionBytes(section);
  }

  /** Shadow, hashes and index. */
  long shadowBytes() {
    return shipper == null ? 0 : shipper.memoryBytes();
  }

  void close() {
    if (shipper != null) {
      shipper.close();
    }
  }
}
