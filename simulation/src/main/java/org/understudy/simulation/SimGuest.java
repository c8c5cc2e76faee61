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

  /** One input that waits. */
  record Input(long sequence, long stampNs, long session, long request) {}

  private final World world;
  final long[] pages = new long[PAGES];
  final boolean[] dirty = new boolean[PAGES];
  final ArrayDeque<Input> remote = new ArrayDeque<>();
  final ArrayDeque<Input> local = new ArrayDeque<>();
  final GuestLoad load = new GuestLoad();
  final List<Reply> remoteOutput = new ArrayList<>();

  History history = History.EMPTY;
  long inputPosition;
  long stampNs;

  SimGuest(World world) {
    this.world = world;
  }

  /** Goes on from a committed image. */
  SimGuest(World world, long[] image, History history, long inputPosition, long stampNs) {
    this(world);
    System.arraycopy(image, 0, pages, 0, PAGES);
    this.history = history;
    this.inputPosition = inputPosition;
    this.stampNs = stampNs;
  }

  /** Consumes one input and returns the answer. */
  Reply consume(Input input, boolean isRemote) {
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
    load.dirtyPages += dirty[page] ? 0 : 1;
    dirty[page] = true;
    load.consumedInputs++;
    return new Reply(input.session(), history);
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
