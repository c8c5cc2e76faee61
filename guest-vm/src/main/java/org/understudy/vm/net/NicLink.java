package org.understudy.vm.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.agrona.DirectBuffer;

/**
 * Our side of one interface's filters: what is read and written, without waiting. All but the
 * mirror is used under the network's lock, the mirror on its thread only.
 */
final class NicLink {
  private final NicFilters filters;
  private final FrameReader output;
  private final FrameWriter input;
  private final FrameReader copies;
  private SelectionKey inputKey;
  private volatile String lostWhy;
  private volatile boolean isClosed;
  private volatile boolean isEndExpected;
  private boolean isTold;

  /** Of filters that are connected. */
  NicLink(int nic, NicFilters filters) {
    this.filters = filters;
    output = new FrameReader(nic, filters.out());
    input = new FrameWriter(filters.in());
    copies = new FrameReader(nic, filters.copies());
  }

  NicFilters filters() {
    return filters;
  }

  /** Has the selector run these when there is something to do. */
  void register(Selector selector, Runnable onOutput, Runnable onInput, Runnable onCopies)
      throws ClosedChannelException {
    inputKey = filters.in().register(selector, 0, onInput);
    filters.copies().register(selector, SelectionKey.OP_READ, onCopies);
    filters.out().register(selector, SelectionKey.OP_READ, onOutput);
    selector.wakeup();
  }

  /** Reads output once; true where there may be more. */
  boolean readOutput(FrameSink sink) {
    return lostWhy == null && read(output, sink, "output");
  }

  /** Reads copies once; true where there may be more. */
  boolean readCopies(FrameSink sink) {
    return lostWhy == null && read(copies, sink, "input");
  }

  private boolean read(FrameReader reader, FrameSink sink, String what) {
    try {
      int count = reader.read(sink);
      if (count < 0 && !isEndExpected) {
        lose("QEMU closed the socket of the guest's " + what);
      }
      return count > 0;
    } catch (IOException e) {
      lose("reading the guest's " + what + " failed: " + e.getMessage());
      return false;
    }
  }

  /** Takes a frame on its way to the tap; false where QEMU takes no more now. */
  boolean offer(DirectBuffer buffer, int offset, int length) {
    if (input.offer(buffer, offset, length)) {
      return true;
    }
    flush();
    return lostWhy != null || input.offer(buffer, offset, length);
  }

  /** Writes what QEMU takes now, and has the selector tell when it takes more. */
  void flush() {
    if (lostWhy != null || isClosed) {
      return;
    }
    try {
      int wanted = input.flush() ? 0 : SelectionKey.OP_WRITE;
      if (inputKey.interestOps() != wanted) {
        inputKey.interestOps(wanted);
        inputKey.selector().wakeup();
      }
    } catch (IOException e) {
      lose("writing the guest's output failed: " + e.getMessage());
    }
  }

  boolean isFlushed() {
    return lostWhy != null || input.isEmpty();
  }

  /** Drops what QEMU has not taken. */
  void discard() {
    input.clear();
  }

  /** Tells QEMU that no more comes back. */
  void endOutput() throws IOException {
    filters.in().shutdownOutput();
  }

  /** Whether QEMU has read all, up to that. */
  boolean isOutputTaken() throws IOException {
    return lostWhy != null || filters.in().read(ByteBuffer.allocate(1)) < 0;
  }

  /** QEMU is about to be asked to close the sockets. */
  void expectEnd() {
    isEndExpected = true;
  }

  /** The filters of this interface cannot be used any more: its output is dropped. */
  private void lose(String why) {
    if (!isClosed && lostWhy == null) {
      lostWhy = why;
      input.clear();
      Selector selector = inputKey.selector();
      filters.close();
      selector.wakeup();
    }
  }

  boolean isLost() {
    return lostWhy != null;
  }

  /** Why it was lost, once; else null. */
  String takeLostWhy() {
    if (lostWhy == null || isTold) {
      return null;
    }
    isTold = true;
    return lostWhy;
  }

  void close() {
    isClosed = true;
    filters.close();
  }
}
