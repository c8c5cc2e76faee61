package org.understudy.vm.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.schedule.TimeSlice;

/** The thread that reads all that QEMU writes, whatever else happens. */
final class FrameThread {
  private static final Logger LOG = LoggerFactory.getLogger(FrameThread.class);
  private static final long JOIN_MS = 1000;

  private final FrameExchange exchange;
  private final GuestNetwork.Listener listener;
  private final Selector selector;
  private final FrameSink copySink = this::onCopy;
  private final FrameSink divertedSink = this::onDiverted;
  private final ConcurrentLinkedQueue<Runnable> asked = new ConcurrentLinkedQueue<>();
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

  /**
   * From now on what comes for the guest goes to the diversion; returns how many frames came before
   * it: exactly those that the guest has, or will have.
   */
  long divert(InputDiversion diversion, long timeoutNs) {
    return call(
        () -> {
          readCopies();
          long position = mirroredFrames;
          diversion.watch(selector, divertedSink);
          return position;
        },
        timeoutNs);
  }

  /** Reads what the diversion still has. */
  void drain(InputDiversion diversion, long timeoutNs) {
    call(
        () -> {
          diversion.readAll(divertedSink);
          return null;
        },
        timeoutNs);
  }

  private void readCopies() {
    List<NicLink> links = exchange.links();
    for (int i = 0; i < links.size(); i++) {
      while (links.get(i).readCopies(copySink)) {
        // until nothing waits
      }
    }
  }

  /** Has the thread do something between two frames. */
  private <T> T call(Callable<T> work, long timeoutNs) {
    FutureTask<T> task = new FutureTask<>(work);
    asked.add(task);
    selector.wakeup();
    try {
      return task.get(timeoutNs, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetException("interrupted while the network was asked", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new NetException("the network did not do what it was asked: " + e, e);
    }
  }

  private void run() {
    TimeSlice.shorten();
    Consumer<SelectionKey> ready = key -> ((Runnable) key.attachment()).run();
    while (!exchange.isClosed()) {
      try {
        selector.select(ready);
        for (Runnable task = asked.poll(); task != null; task = asked.poll()) {
          task.run();
        }
        tell();
      } catch (IOException | RuntimeException | Error e) {
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
      if (why != null && !exchange.isEnded()) {
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

  private void onCopy(int nic, DirectBuffer buffer, int offset, int length) {
    count(length);
    listener.onInput(nic, buffer, offset, length);
  }

  private void onDiverted(int nic, DirectBuffer buffer, int offset, int length) {
    count(length);
    listener.onInputDiverted(nic, buffer, offset, length);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by this thread only
  private void count(int length) {
    exchange.onFrameNow();
    mirroredFrames++;
    mirroredBytes += length;
  }
}
