package org.understudy.vm.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.schedule.TimeSlice;

/** The thread that reads all that QEMU writes, whatever else happens. */
final class FrameThread {
  private static final Logger LOG = LoggerFactory.getLogger(FrameThread.class);
  private static final long JOIN_MS = 1000;

  private final FrameExchange exchange;
  private final GuestNetwork.Listener listener;
  private final Selector selector;
  private final FrameSink copySink = this::onCopy;
  private final Thread thread;
  private volatile long mirroredFrames;
  private volatile long mirroredBytes;

  FrameThread(FrameExchange exchange, GuestNetwork.Listener listener) throws IOException {
    this.exchange = exchange;
    this.listener = listener;
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name("vm-net").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** From now on this link is read. */
  void watch(NicLink link) throws IOException {
    link.register(selector, () -> onOutput(link), () -> onRoom(), () -> onCopies(link));
  }

  long mirroredFrames() {
    return mirroredFrames;
  }

  long mirroredBytes() {
    return mirroredBytes;
  }

  /** After the exchange was closed; not under its lock, for which the thread may wait. */
  void end() {
    selector.wakeup();
    if (Thread.currentThread() != thread) {
      try {
        thread.join(JOIN_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    TimeSlice.shorten();
    Consumer<SelectionKey> ready = key -> ((Runnable) key.attachment()).run();
    while (!exchange.isClosed()) {
      try {
        selector.select(ready);
        tell();
      } catch (IOException | RuntimeException e) {
        LOG.error("in the guest's network", e); // and read on: QEMU must not be stopped by it
      }
    }
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("closing the selector failed", e);
    }
  }

  private void tell() {
    boolean notice;
    exchange.lock().lock();
    try {
      notice = exchange.held().takeNotice();
    } finally {
      exchange.lock().unlock();
    }
    if (notice) {
      listener.onOutputHeld();
    }
    List<NicLink> links = exchange.links();
    for (int i = 0; i < links.size(); i++) {
      String why = links.get(i).takeLostWhy();
      if (why != null) {
        LOG.error("interface number {} of the guest: {}", i, why);
        listener.onLost(i, why);
      }
    }
  }

  private void onOutput(NicLink link) {
    exchange.lock().lock();
    try {
      exchange.read(link);
    } finally {
      exchange.lock().unlock();
    }
  }

  private void onRoom() {
    exchange.lock().lock();
    try {
      exchange.moveOut();
    } finally {
      exchange.lock().unlock();
    }
  }

  private void onCopies(NicLink link) {
    link.readCopies(copySink);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by this thread only
  private void onCopy(int nic, DirectBuffer buffer, int offset, int length) {
    exchange.onFrameNow();
    mirroredFrames++;
    mirroredBytes += length;
    listener.onInput(nic, buffer, offset, length);
  }
}
