package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.guest.GuestLoad;

/**
 * The model guest: a history of every input it consumed, each with a random choice (or, where it
 * declares determinism, one derived from the inputs), and a few pages that change with it.
 */
final class SimGuest {
  static final int PAGES = 8;
  static final int DISK_BLOCKS = 4;

  /** One input that waits. */
  record Input(long sequence, long stampNs, long session, long request) {}

  private final World world;
  final long[] pages = new long[PAGES];
  final boolean[] dirty = new boolean[PAGES];

  /** A machine's disk. */
  final long[] disk = new long[DISK_BLOCKS];

  /** A machine's connections: the last request of each that it took. */
  final GuestHistory[] last = new GuestHistory[World.CLIENTS];

  final ArrayDeque<Input> remote = new ArrayDeque<>();
  final ArrayDeque<Input> local = new ArrayDeque<>();
  final GuestLoad load = new GuestLoad();
  final List<Answer> remoteOutput = new ArrayList<>();

  GuestHistory history = GuestHistory.EMPTY;
  long inputPosition;
  long stampNs;

  SimGuest(World world) {
    this.world = world;
  }

  /** Goes on from a committed image. */
  SimGuest(World world, SimImage image) {
    this(world);
    System.arraycopy(image.pages, 0, pages, 0, PAGES);
    System.arraycopy(image.disk, 0, disk, 0, DISK_BLOCKS);
    System.arraycopy(image.last, 0, last, 0, World.CLIENTS);
    history = image.history;
    inputPosition = image.inputPosition;
    stampNs = image.stampNs;
  }

  /** The same guest at this instant, for another process. */
  SimGuest copy(World ofWorld) {
    SimGuest copy = new SimGuest(ofWorld);
    System.arraycopy(pages, 0, copy.pages, 0, PAGES);
    System.arraycopy(disk, 0, copy.disk, 0, DISK_BLOCKS);
    System.arraycopy(last, 0, copy.last, 0, World.CLIENTS);
    copy.history = history;
    copy.inputPosition = inputPosition;
    copy.stampNs = stampNs;
    return copy;
  }

  /** A frame for a machine: a new request, or one of before; null if nothing is answered. */
  Answer receive(Input frame) {
    int client = (int) (frame.session() >>> 32) - 1;
    long taken = last[client] == null ? 0 : last[client].request;
    if (frame.request() == taken + 1) {
      Answer reply = consume(frame, false);
      last[client] = history;
      return reply;
    }
    return frame.request() == taken && taken > 0 ? new Answer(frame.session(), last[client]) : null;
  }

  /** Consumes one input and returns the answer. */
  Answer consume(Input input, boolean isRemote) {
    if (isRemote) {
      inputPosition = input.sequence();
      if (input.stampNs() < stampNs) {
        throw new Violation("stamp goes back: " + input.stampNs() + " after " + stampNs);
      }
      stampNs = input.stampNs();
    }
    long token =
        world.llm
            ? history.derivedToken(input.session(), input.request())
            : world.random.nextLong();
    history = history.then(input.session(), input.request(), token);
    int page = (int) Math.floorMod(token, (long) PAGES);
    pages[page] = pages[page] * 31 + token;
    if (world.machine && isWrite(token)) {
      int block = diskBlock(token);
      disk[block] = disk[block] * 31 + token;
    }
    load.dirtyPages += dirty[page] ? 0 : 1;
    dirty[page] = true;
    load.consumedInputs++;
    return new Answer(input.session(), history);
  }

  /** Whether what leads to this entry writes to the disk. */
  static boolean isWrite(long token) {
    return (token & 64) != 0;
  }

  static int diskBlock(long token) {
    return (int) Math.floorMod(token >>> 8, (long) DISK_BLOCKS);
  }

  void clearLoad() {
    load.consumedInputs = 0;
    load.dirtyPages = 0;
    load.outputBytes = 0;
    load.fullestQueuePercent = 0;
  }

  void allDirty() {
    java.util.Arrays.fill(dirty, true);
    load.dirtyPages = PAGES;
  }
}
