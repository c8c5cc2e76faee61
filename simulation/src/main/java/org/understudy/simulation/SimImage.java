package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.understudy.checkpoint.guest.CaptureKind;

/** The backup's copy: staging, committed epochs that wait to be applied, the image, the disk. */
final class SimImage {
  private final SimBackup backup;
  private final List<Message> staging = new ArrayList<>();
  private final ArrayDeque<List<Message>> committed = new ArrayDeque<>();
  private long sum;
  private boolean complete;
  private boolean ended;

  /** What was made of it crashed by itself, which no node can help. */
  boolean isGuestDead;

  final long[] pages = new long[SimGuest.PAGES];
  final long[] disk = new long[SimGuest.DISK_BLOCKS];

  /** State of the last commit. */
  GuestHistory history = GuestHistory.EMPTY;

  GuestHistory[] last = new GuestHistory[World.CLIENTS];
  long inputPosition;
  long stampNs;

  SimImage(SimBackup backup) {
    this.backup = backup;
  }

  void begin() {
    staging.clear();
    sum = 17;
  }

  /** A batch; a wrong index says that one is missing or doubled. */
  void batch(Message message) {
    if (message.second != staging.size()) {
      backup.session.onCorrupt("batch " + message.second + " instead of " + staging.size());
      return;
    }
    if (backup.process.lacks(Resource.MEMORY)) {
      backup.session.requestResign("no memory to stage a checkpoint");
      return;
    }
    staging.add(message);
    sum = checksum(sum, message);
    if (backup.world.planted == PlantedFault.APPLY_BEFORE_CHECK) {
      apply(message);
    }
  }

  /** Over page number and value of each batch, in order. */
  static long checksum(long sum, Message batch) {
    long mixed = (sum ^ batch.values[0] ^ batch.pages[0]) * 0x9e3779b97f4a7c15L;
    return mixed ^ mixed >>> 29;
  }

  /** The end: whole and verified, or corrupt. */
  void end(Message message) {
    if (message.checksum != sum + staging.size()) {
      backup.session.onCorrupt("checksum of epoch " + message.number);
      return;
    }
    staging.add(message);
    backup.session.onVerified();
    SimCapture captured = (SimCapture) message.content;
    if (captured.kind == CaptureKind.ROUND) {
      for (Message part : staging) {
        apply(part);
      }
      staging.clear();
    }
  }

  /** What the staged capture wrote to the disk goes there, before it is committed. */
  void writeDisk() {
    long[] written = staging.getLast().disk;
    for (int i = 0; written != null && i < written.length; i++) {
      disk[i] += written[i];
    }
  }

  void commit() {
    Message end = staging.getLast();
    SimCapture captured = (SimCapture) end.content;
    if (!complete) {
      complete = true;
      backup.world.durability.onWhole(backup.process);
    }
    committed.add(new ArrayList<>(staging));
    staging.clear();
    ended = captured.kind == CaptureKind.FINAL;
    history = captured.history;
    last = captured.last;
    inputPosition = captured.inputPosition;
    stampNs = captured.stampNs;
    backup.world.checker.onCommitted(backup.process, captured, disk);
  }

  List<Answer> stagedOutput() {
    return staging.getLast().output;
  }

  void abort() {
    staging.clear();
  }

  /** Applies one committed epoch; false if there is none. */
  boolean applyNext() {
    List<Message> epoch = committed.poll();
    if (epoch == null) {
      return false;
    }
    epoch.forEach(this::apply);
    backup.world.checker.onApplied(backup.process, (SimCapture) epoch.getLast().content, pages);
    return true;
  }

  void forgetCommitted() {
    committed.clear();
  }

  private void apply(Message message) {
    if (message.type == Message.Type.BATCH) {
      pages[(int) message.pages[0]] += message.values[0];
    }
  }

  /** Whether there is a committed epoch. */
  boolean isComplete() {
    return complete;
  }

  /** Whether the last commit was the guest's last. */
  boolean isEnded() {
    return ended;
  }

  /** Drops everything; that ends what could be gone on with. */
  void clear(String reason) {
    if (complete) {
      if (!isGuestDead) {
        backup.world.durability.onGivenUp(backup.process, reason);
      }
      complete = false;
    }
    staging.clear();
    committed.clear();
    Arrays.fill(pages, 0);
    Arrays.fill(disk, 0);
    history = GuestHistory.EMPTY;
    last = new GuestHistory[World.CLIENTS];
    inputPosition = 0;
    stampNs = 0;
  }
}
