package org.understudy.vm.net;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;

/**
 * Output between QEMU and where it is held: the links to all interfaces, and the one lock under
 * which everything here is called but what says otherwise.
 */
final class FrameExchange {
  private final ReentrantLock lock = new ReentrantLock();
  private final GatedOutput held;
  private final FrameSink outputSink;
  private volatile List<NicLink> links = List.of();
  private volatile boolean isClosed;
  private volatile long lastFrameNs = System.nanoTime();

  FrameExchange(int heldLimitBytes) {
    held = new GatedOutput(heldLimitBytes, this::offer);
    outputSink = held::onFrame;
  }

  /** Of everything here; any thread. */
  ReentrantLock lock() {
    return lock;
  }

  GatedOutput held() {
    return held;
  }

  /** By the interface's number; empty while there are no filters. Any thread. */
  List<NicLink> links() {
    return links;
  }

  /** Any thread: there are filters, or no more. */
  void links(List<NicLink> now) {
    links = List.copyOf(now);
  }

  /** Whether nothing may leave any more; any thread. */
  boolean isEnded() {
    return isClosed || held.isDiscarded();
  }

  boolean isClosed() {
    return isClosed;
  }

  /** When a frame came last; any thread. */
  long lastFrameNs() {
    return lastFrameNs;
  }

  /** A frame came; any thread. */
  void onFrameNow() {
    lastFrameNs = System.nanoTime();
  }

  private boolean offer(int nic, DirectBuffer buffer, int offset, int length) {
    NicLink link = nic < links.size() ? links.get(nic) : null;
    if (link == null || link.isLost()) {
      held.onLost();
      return true;
    }
    return link.offer(buffer, offset, length);
  }

  /** Reads one interface's output once. */
  void read(NicLink link) {
    if (link.readOutput(outputSink)) {
      onFrameNow();
    }
    moveOut();
  }

  /** Reads all that QEMU has written. */
  void readAll() {
    for (int i = 0; i < links.size(); i++) {
      while (links.get(i).readOutput(outputSink)) {
        onFrameNow();
      }
    }
    moveOut();
  }

  /** Gives QEMU what may leave, as far as it takes it now. */
  void moveOut() {
    held.moveOut();
    for (int i = 0; i < links.size(); i++) {
      links.get(i).flush();
    }
  }

  /** Moves what was taken out towards QEMU; true where nothing is left. */
  boolean moveAll() {
    readAll();
    return held.isEmpty() && links.stream().allMatch(NicLink::isFlushed);
  }

  /** Drops everything, for good. */
  void discard() {
    held.discard();
    links.forEach(NicLink::discard);
  }

  /** Drops everything and closes the sockets. */
  void close() {
    isClosed = true;
    held.discard();
    links.forEach(NicLink::close);
  }
}
