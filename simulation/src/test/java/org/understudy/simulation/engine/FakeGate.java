package org.understudy.simulation.engine;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.OutputGate;

/** Holds frames like a network filter; what it passes on is judged by who takes it. */
final class FakeGate implements OutputGate {
  private record Held(long epoch, long[] frames) {}

  private final LongConsumer leaves;
  private final BooleanSupplier isCopied;
  private final ArrayDeque<Long> current = new ArrayDeque<>();
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private long released = -1;
  private boolean closed;
  private boolean discarded;
  private long lastCut = -1;
  private long capturing = -1;

  FakeGate(LongConsumer leaves, BooleanSupplier isCopied) {
    this.leaves = leaves;
    this.isCopied = isCopied;
  }

  /** The guest makes a frame. */
  synchronized void frame(long number) {
    if (closed) {
      current.add(number);
    } else if (!discarded) {
      leaves.accept(number);
    }
  }

  /** Frames of the running epoch. */
  synchronized long[] current() {
    return current.stream().mapToLong(Long::longValue).toArray();
  }

  synchronized int waiting() {
    return current.size();
  }

  /** The guest is captured: this counts by itself which epoch that is. True for a round. */
  synchronized boolean capture(CaptureKind kind) {
    boolean round = kind == CaptureKind.ROUND;
    capturing = round ? -1 : capturing + 1;
    return round;
  }

  /** Epoch of the capture under way. */
  synchronized long capturing() {
    return capturing;
  }

  @Override
  public synchronized void close() {
    closed = true;
    released = -1;
    lastCut = capturing;
  }

  @Override
  public synchronized void cut(long epoch) {
    if (!closed || epoch != lastCut + 1 || epoch != capturing) {
      throw new IllegalStateException(
          "cut of epoch " + epoch + " after " + lastCut + ", captured " + capturing);
    }
    lastCut = epoch;
    held.add(new Held(epoch, current()));
    current.clear();
  }

  @Override
  public synchronized void release(long epoch) {
    released = epoch;
    while (!held.isEmpty() && held.peek().epoch <= released) {
      pass(held.poll().frames);
    }
  }

  @Override
  public synchronized void open() {
    if (isCopied.getAsBoolean()) {
      throw new IllegalStateException("the gate opens while a copy for a backup needs it");
    }
    closed = false;
    held.forEach(part -> pass(part.frames));
    held.clear();
    pass(current());
    current.clear();
  }

  private void pass(long[] frames) {
    for (long frame : frames) {
      if (!discarded) {
        leaves.accept(frame);
      }
    }
  }

  @Override
  public synchronized void discard() {
    discarded = true;
    held.clear();
    current.clear();
  }
}
