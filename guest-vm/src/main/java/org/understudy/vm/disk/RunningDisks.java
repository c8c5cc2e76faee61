package org.understudy.vm.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.disk.file.DiskFile;
import org.understudy.vm.disk.primary.BaseHashes;
import org.understudy.vm.disk.primary.DiskCopier;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.disk.primary.DiskLog;
import org.understudy.vm.disk.primary.DiskLogSettings;
import org.understudy.vm.disk.primary.GuestDisk;

/**
 * The disks of a guest that runs on this node. The copy's methods and {@link #cut} are called by
 * one thread at a time; a guest without disks has them all.
 */
public final class RunningDisks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningDisks.class);
  private static final int PIECE_BYTES = 256 << 10;
  private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<GuestDisk> disks;
  private final DiskLog log;
  private final DiskServer server;
  private final DiskLabels labels;
  private final long registerId;
  private final long copyBytesPerSecond;
  private final Activation activation;
  private BaseHashes base;

  /** Asked for its progress by other threads. */
  private volatile List<DiskCopier> copiers = List.of();

  private long copyStartNs;

  RunningDisks(
      List<GuestDisk> disks,
      DiskLog log,
      DiskServer server,
      DiskLabels labels,
      long registerId,
      DiskLogSettings settings,
      Activation activation) {
    this.disks = disks;
    this.log = log;
    this.server = server;
    this.labels = labels;
    this.registerId = registerId;
    this.copyBytesPerSecond = settings.copyBytesPerSecond();
    this.activation = activation;
  }

  /**
   * Serves disks whose files are there, and marks them as the owner's.
   *
   * @param directory where the socket is to be
   * @throws IOException for a file that is missing, in use, of another size, another pair's, or
   *     only a base for a new copy
   */
  public static RunningDisks open(
      List<DiskPlace> places, DiskOwner owner, Path directory, DiskLogSettings settings)
      throws IOException {
    List<DiskFile> files = DiskFiles.open(places);
    try {
      DiskLabels labels = new DiskLabels(files);
      labels.requireRunnable(owner);
      labels.write(owner.registerId(), owner.generation(), -1);
      DiskLog log = new DiskLog(settings);
      List<GuestDisk> disks = disks(places, files, log);
      DiskServer server = DiskServer.start(directory, disks);
      return new RunningDisks(
          disks, log, server, labels, owner.registerId(), settings, Activation.notNeeded());
    } catch (IOException | RuntimeException e) {
      CloseHelper.quietCloseAll(files);
      throw e;
    }
  }

  static List<GuestDisk> disks(List<DiskPlace> places, List<DiskFile> files, DiskLog log) {
    List<GuestDisk> disks = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      disks.add(new GuestDisk(i, places.get(i).id(), files.get(i), log));
    }
    return disks;
  }

  /** The socket of each disk, by its id. */
  public Map<String, Path> sockets() {
    return server.sockets();
  }

  /** The socket of all disks, whether there are any or not. */
  public Path socket() {
    return server.socket();
  }

  /** Disks. */
  public int count() {
    return disks.size();
  }

  /** Bytes of each disk. */
  public long[] sizesBytes() {
    return disks.stream().mapToLong(GuestDisk::sizeBytes).toArray();
  }

  // ---- the copy, and epochs

  /** From now on writes are recorded; what is there already follows by {@link #copyStep}. */
  public void startCopy() {
    startCopy(null);
  }

  /**
   * Starts a copy that leaves out what the backup holds already, as far as it says so in time by
   * {@link #baseNote}.
   *
   * @param patienceNs without a word for so long nothing is waited for
   */
  public void startCopyOverBase(long patienceNs) {
    startCopy(new BaseHashes(sizesBytes(), patienceNs, System.nanoTime()));
  }

  private void startCopy(BaseHashes newBase) {
    log.startRecording();
    base = newBase;
    copiers = disks.stream().map(disk -> new DiskCopier(disk, PIECE_BYTES, newBase)).toList();
    copyStartNs = System.nanoTime();
  }

  /** A note of {@link StandbyDisks#nextNote}; called like the copy's other methods. */
  public void baseNote(DirectBuffer note, int offset, int length) {
    if (base != null && !base.take(note, offset, length, System.nanoTime())) {
      LOG.warn("a note of the backup's disks is malformed and says nothing");
    }
  }

  /**
   * Copies on, for about this long: less at its end, or where the log has to be cut first. A copy
   * that is faster than it may be waits in between.
   *
   * @return bytes by which it moved on, holes included
   */
  public long copyStep(long budgetNs) throws IOException {
    long moved = 0;
    long startNs = System.nanoTime();
    for (long nowNs = startNs; nowNs - startNs < budgetNs; nowNs = System.nanoTime()) {
      if (!isCopied() && copiedBytes() >= allowedBytes(nowNs)) {
        LockSupport.parkNanos(Math.min(PACE_NS, budgetNs));
        continue;
      }
      long step = step();
      if (step == 0 && copiers.stream().anyMatch(DiskCopier::isWaiting)) {
        LockSupport.parkNanos(Math.min(PACE_NS, budgetNs));
        continue;
      }
      if (step == 0) {
        break;
      }
      moved += step;
    }
    return moved;
  }

  private long allowedBytes(long nowNs) {
    double seconds = (nowNs - copyStartNs) / 1e9;
    return PIECE_BYTES + (long) (seconds * copyBytesPerSecond);
  }

  private long step() throws IOException {
    for (DiskCopier copier : copiers) {
      if (!copier.isDone()) {
        return copier.step();
      }
    }
    return 0;
  }

  /** Whether the log, or a cut before, has all of what was there. */
  public boolean isCopied() {
    return copiers.stream().allMatch(DiskCopier::isDone);
  }

  private long copiedBytes() {
    return copiers.stream().mapToLong(DiskCopier::copiedBytes).sum();
  }

  /** How far the copy is; from any thread, may lag. */
  public DiskProgress progress() {
    List<DiskCopier> now = copiers;
    return new DiskProgress(
        now.stream().mapToLong(DiskCopier::positionBytes).sum(),
        now.stream().mapToLong(DiskCopier::sizeBytes).sum(),
        now.stream().mapToLong(DiskCopier::copiedBytes).sum(),
        now.stream().mapToLong(DiskCopier::equalBytes).sum());
  }

  /** The guest is about to be paused: no answer is held back until the next cut. */
  public void beginPause() {
    log.beginPause();
  }

  /**
   * The writes since the last cut; in a pause, exactly those that the guest has an answer to.
   *
   * @throws IllegalStateException when {@link #broken}, or the cut before is not released; while
   *     the guest is paused the one cannot come to be
   */
  public DiskCut cut() {
    return log.cut();
  }

  /** Share of the log that is used; for {@code GuestLoad.fullestQueuePercent}. */
  public int usedPercent() {
    return log.usedPercent();
  }

  /** Writes, trims and zeroings recorded so far. */
  public long recordedWrites() {
    return log.recordedWrites();
  }

  /** Why the log cannot tell the epoch's writes, so that a new copy is needed; null if it can. */
  public String broken() {
    return log.broken();
  }

  /** The copy cannot go on: {@link #broken} says why, until another one starts. */
  public void breakOff(String reason) {
    log.breakOff(reason);
  }

  /** Nothing is recorded any more. */
  public void stopCopy() {
    log.stopRecording();
    base = null;
    copiers = List.of();
  }

  // ---- ownership

  /**
   * From now on the guest's output waits for the backup: a flush is answered once it is ordered.
   */
  public void enterProtected(long generation) {
    disks.forEach(GuestDisk::enterProtected);
    labels.writeSoon(registerId, generation, -1);
  }

  /**
   * The guest is this node's alone: what was answered is durable when this returns, and the files
   * say so. Output leaves after it.
   */
  public void enterSolo(long generation) throws IOException {
    awaitDurable();
    IOException failure = null;
    for (GuestDisk disk : disks) {
      try {
        disk.enterSolo();
      } catch (IOException e) {
        failure = e;
      }
    }
    // Whatever a disk lost: nobody else has more of it.
    labels.write(registerId, generation, -1);
    if (failure != null) {
      throw failure;
    }
  }

  /** Whether everything committed before a takeover, and the record of it, is durable. */
  public boolean isDurable() {
    return activation.isDone();
  }

  /**
   * Waits for {@link #isDurable}: output of a guest that took over leaves after it.
   *
   * @throws IOException saying why it is not; nothing is given up, the next call tries again
   */
  public void awaitDurable() throws IOException {
    activation.await();
  }

  /** QEMUs that are connected, one for each disk. */
  public int connections() {
    return server.connections();
  }

  /** Answers what is in work, ends the server, closes the files. */
  @Override
  public void close() throws IOException {
    server.close();
    activation.close();
    try {
      for (GuestDisk disk : disks) {
        disk.close();
      }
    } finally {
      log.close();
    }
  }
}
