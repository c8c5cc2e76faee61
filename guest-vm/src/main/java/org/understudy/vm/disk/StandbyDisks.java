package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.understudy.checkpoint.guest.Readiness;
import org.understudy.vm.disk.backup.BaseScan;
import org.understudy.vm.disk.backup.DiskImage;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.primary.DiskLog;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.primary.GuestDisk;

/**
 * The disks of a guest on its backup: served to the QEMU that waits, which may only read, and
 * changed by committed epochs. Called by the backup's agent; refusals are exceptions whose message
 * says why.
 */
public final class StandbyDisks implements AutoCloseable {
  /** Records that may wait to be written; an epoch is at most as long as the primary's log. */
  public static final long LIMIT_BYTES = 512L << 20;

  private static final long BEFORE_EPOCH_0 = -1;
  private static final long ROUND_WAIT_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final List<DiskPlace> places;
  private final List<DiskFile> files;
  private final DiskLabels labels;
  private final DiskServer server;
  private final DiskImage image;
  private final long limitBytes;
  private final LongAdder reads;
  private final LongAdder refused;
  private BaseScan scan;
  private long registerId;
  private long committedEpoch = BEFORE_EPOCH_0;
  private boolean copying;
  private boolean handedOver;
  private volatile boolean isDurable;

  private StandbyDisks(
      List<DiskPlace> places,
      List<DiskFile> files,
      DiskServer server,
      long limitBytes,
      LongAdder reads,
      LongAdder refused) {
    this.places = places;
    this.files = files;
    this.labels = new DiskLabels(files);
    this.server = server;
    this.image = new DiskImage(files, limitBytes, BEFORE_EPOCH_0);
    this.limitBytes = limitBytes;
    this.reads = reads;
    this.refused = refused;
  }

  /**
   * Opens the files, or makes them, and serves them. Nothing is written before {@link #startCopy}.
   *
   * @param directory where the socket is to be
   * @param limitBytes records that may wait to be written
   */
  public static StandbyDisks open(List<DiskPlace> places, Path directory, long limitBytes)
      throws IOException {
    List<DiskFile> files = DiskFiles.openOrCreate(places);
    try {
      LongAdder reads = new LongAdder();
      LongAdder refused = new LongAdder();
      List<WaitingDisk> waiting = new ArrayList<>();
      for (int i = 0; i < places.size(); i++) {
        waiting.add(new WaitingDisk(places.get(i).id(), files.get(i), reads, refused));
      }
      DiskServer server = DiskServer.start(directory, waiting);
      return new StandbyDisks(places, files, server, limitBytes, reads, refused);
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietCloseAll(files);
      throw e;
    }
  }

  /** The socket of each disk, by its id. */
  public Map<String, Path> sockets() {
    return server.sockets();
  }

  /** Bytes of each disk. */
  public long[] sizesBytes() {
    return files.stream().mapToLong(DiskFile::sizeBytes).toArray();
  }

  /**
   * A copy starts, over whatever the files hold. Before its first byte is written their records say
   * that nobody may run on them.
   *
   * @param ofRegister the pair's register; files of another one are refused
   */
  public void startCopy(long ofRegister) {
    try {
      labels.requireBase(ofRegister);
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    registerId = ofRegister;
    committedEpoch = BEFORE_EPOCH_0;
    copying = true;
    endScan();
    BaseScan next = new BaseScan(files);
    scan = next;
    image.restart(
        BEFORE_EPOCH_0,
        () -> {
          labels.write(ofRegister, DiskLabels.NEVER_RUN, BEFORE_EPOCH_0);
          if (!image.hasLostACopy()) {
            next.start(); // here: what was written for the copy before is at its end
          }
        });
  }

  /**
   * What the files held when the copy started, for {@link RunningDisks#baseNote}; 0 for nothing.
   */
  public int nextNote(MutableDirectBuffer into, int capacity) {
    return scan == null ? 0 : scan.take(into, capacity);
  }

  private void endScan() {
    if (scan != null) {
      scan.stop();
      scan = null;
    }
  }

  /** Disk writes of a round of the copy, in order. A little slower where the disks are. */
  public void round(DirectBuffer records, int length) {
    if (!copying) {
      throw new IllegalStateException("disk writes of a round outside of a copy");
    }
    image.awaitRoom(limitBytes / 2, ROUND_WAIT_NS);
    image.commit(BEFORE_EPOCH_0, records, 0, length);
  }

  /** Disk writes of a committed epoch, taken as a whole or refused as a whole. */
  public void commit(long epoch, DirectBuffer records, int length) {
    if (epoch != committedEpoch + 1 || epoch == 0 && !copying) {
      throw new IllegalStateException(
          "disk writes of epoch " + epoch + " follow those of epoch " + committedEpoch);
    }
    image.commit(epoch, records, 0, length);
    committedEpoch = epoch;
    copying = false;
  }

  /** What was copied is void: the files are only a base, which their records say already. */
  public void discard() {
    endScan();
    committedEpoch = BEFORE_EPOCH_0;
    copying = false;
  }

  /**
   * Whether {@link #takeOver} would find everything committed in the files. Until then the writes
   * are kept, and tried again about once a second.
   */
  public Readiness takeoverReadiness() {
    if (!image.isWaiting(System.nanoTime())) {
      return Readiness.READY;
    }
    String reason = failure();
    return reason == null
        ? Readiness.NOT_YET
        : Readiness.failed(
            image.queuedBytes()
                + " bytes of committed disk writes cannot be written ("
                + reason
                + "): remedy that, and the takeover goes on");
  }

  /**
   * After a won claim: writes what is committed, and has the very same server, with whoever is
   * connected, go on as the running guest's. The QEMU that waits may run when this returns; its
   * output may leave after {@link RunningDisks#awaitDurable}.
   *
   * @throws IOException when committed writes cannot be written; they are kept, so that it can be
   *     called again
   */
  public RunningDisks takeOver(long generation, DiskLogSettings settings) throws IOException {
    if (committedEpoch < 0) {
      throw new IOException("the disks hold no committed epoch");
    }
    endScan();
    image.awaitApplied();
    handedOver = true;
    DiskLog log = new DiskLog(settings);
    List<GuestDisk> disks = RunningDisks.disks(places, files, log);
    server.switchTo(disks);
    Activation activation = Activation.start(() -> activate(generation), image::end);
    return new RunningDisks(disks, log, server, labels, registerId, settings, activation);
  }

  /** The record after the data: a file that says that it may be run on can be. */
  private void activate(long generation) throws IOException {
    if (!isDurable) {
      image.awaitDurable();
      image.end();
      isDurable = true;
    }
    labels.write(registerId, generation, committedEpoch);
  }

  /** Whether all that the copy left in the files is durable: before that nobody counts on it. */
  public boolean isCopyDurable() {
    return image.isCopyDurable();
  }

  /** Epoch that the files are at, or beyond it by part of the next; -1 before epoch 0. */
  public long appliedEpoch() {
    return image.appliedEpoch();
  }

  /** Bytes that wait to be written. */
  public long queuedBytes() {
    return image.queuedBytes();
  }

  /** Why the disks cannot be written; null while they can. */
  public String failure() {
    IOException failure = image.failure();
    return failure == null ? null : failure.getMessage();
  }

  /** Reads before the takeover: a QEMU looks at the start of its disks. */
  public long reads() {
    return reads.sum();
  }

  /** Writes of the waiting QEMU that were refused: there should be none. */
  public long refusedWrites() {
    return refused.sum();
  }

  /** Does nothing once it was taken over. */
  @Override
  public void close() throws IOException {
    endScan();
    if (!handedOver) {
      server.close();
      image.close();
    }
  }
}
