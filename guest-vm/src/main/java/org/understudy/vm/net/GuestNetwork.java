package org.understudy.vm.net;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.vm.qemu.VmNic;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpException;

/**
 * All interfaces of a running guest on the primary: what the guest sends is taken out by filters
 * and given back when it may leave, what comes for it is copied. A thread of its own always reads
 * what QEMU writes, since a socket that is not read would stop QEMU. Methods may be called from any
 * thread; only {@link #ensureAttached} and {@link #attach} wait for QEMU.
 */
public final class GuestNetwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GuestNetwork.class);
  private static final long JOIN_MS = 1000;

  /** What is told; on the network's thread, so each must return at once. */
  public interface Listener {
    /** The first frame since the last cut is held. */
    void onOutputHeld();

    /** A frame came for the guest; its vnet header is included, the bytes are valid now only. */
    void onInput(int nic, DirectBuffer buffer, int offset, int length);

    /** QEMU broke off; the guest's output on this interface is dropped from now on. */
    default void onLost(int nic, String why) {}
  }

  private final QmpClient qmp;
  private final List<VmNic> nics;
  private final Path directory;
  private final NetSettings settings;
  private final Listener listener;
  private final long timeoutNs;
  private final ReentrantLock lock = new ReentrantLock();
  private final HeldOutput held;
  private final FrameSink outputSink;
  private final Gate gate = new Gate();
  private final Selector selector;
  private final Thread thread;
  private volatile List<NicLink> links = List.of();
  private volatile boolean isClosed;
  private volatile long mirroredFrames;
  private volatile long mirroredBytes;
  private volatile long lastFrameNs = System.nanoTime();
  private FilterRemoval removal;

  private GuestNetwork(
      QmpClient qmp,
      List<VmNic> nics,
      Path directory,
      NetSettings settings,
      Listener listener,
      long timeoutNs)
      throws IOException {
    this.qmp = qmp;
    this.nics = List.copyOf(nics);
    this.directory = directory;
    this.settings = settings;
    this.listener = listener;
    this.timeoutNs = timeoutNs;
    held = new HeldOutput(settings.heldLimitBytes(), this::offer);
    outputSink = held::onFrame;
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name("vm-net").unstarted(this::run);
  }

  /**
   * Puts the filters into a running QEMU; frames pass.
   *
   * @param nics as the guest's config has them; their numbers are their places in this list
   * @param directory where socket files are for a moment; the names must fit into 108 bytes
   * @throws NetException where that fails; nothing is left in QEMU then
   */
  public static GuestNetwork attach(
      QmpClient qmp,
      List<VmNic> nics,
      Path directory,
      NetSettings settings,
      Listener listener,
      long timeoutNs) {
    if (nics.size() > FrameRecords.MAX_NICS) {
      throw new NetException(
          "at most " + FrameRecords.MAX_NICS + " interfaces, not " + nics.size());
    }
    try {
      GuestNetwork network = new GuestNetwork(qmp, nics, directory, settings, listener, timeoutNs);
      network.thread.start();
      try {
        network.attachFilters();
        return network;
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    } catch (IOException e) {
      throw new NetException("cannot watch sockets: " + e.getMessage(), e);
    }
  }

  private void attachFilters() {
    List<NicLink> fresh = new ArrayList<>();
    List<NicFilters> made = new ArrayList<>();
    try {
      for (VmNic nic : nics) {
        NicFilters filters = new NicFilters(qmp, nic, directory, timeoutNs);
        made.add(filters);
        filters.connect();
        fresh.add(new NicLink(fresh.size(), filters));
      }
      links = List.copyOf(fresh);
      for (NicLink link : fresh) {
        // before QEMU can write: it must never find a socket that nobody reads
        link.register(selector, () -> onOutput(link), () -> onRoom(link), () -> onCopies(link));
      }
      made.forEach(NicFilters::add);
    } catch (IOException | RuntimeException e) {
      links = List.of();
      fresh.forEach(NicLink::close);
      made.forEach(GuestNetwork::removeQuietly);
      throw new NetException(
          "the network filters cannot be put into QEMU: "
              + e.getMessage()
              + "; each interface needs a netdev 'net-ID' of type tap without vhost",
          e);
    }
  }

  private static void removeQuietly(NicFilters filters) {
    try {
      filters.close();
      filters.removeAll();
    } catch (QmpException e) {
      LOG.warn("filters are left in QEMU: {}", e.getMessage());
    }
  }

  /** Where output waits. {@link OutputGate#close} needs {@link #ensureAttached} before it. */
  public OutputGate gate() {
    return gate;
  }

  /** Puts the filters in again if they were removed, so that the gate can be closed. */
  public void ensureAttached() {
    FilterRemoval running;
    lock.lock();
    try {
      if (isClosed || held.isDiscarded()) {
        throw new NetException("the guest's output was discarded: it needs a new QEMU");
      }
      if (removal == null ? !links.isEmpty() || nics.isEmpty() : removal.cancel()) {
        removal = null;
        return;
      }
      running = removal;
    } finally {
      lock.unlock();
    }
    if (running != null && !running.await(timeoutNs)) {
      throw new NetException("the filters of the last protection are still being removed");
    }
    attachFilters();
  }

  /** Whether output goes through the filters. */
  public boolean isAttached() {
    return !links.isEmpty();
  }

  /** While the guest is known to be paused: reads all that it has sent. */
  public void drain() {
    lock.lock();
    try {
      readAll();
    } finally {
      lock.unlock();
    }
  }

  /** What the guest sent since the last cut; it stays held, for the epoch of the gate's cut. */
  public FrameCut cutFrames() {
    lock.lock();
    try {
      return new FrameCut(this, held.cutFrames());
    } finally {
      lock.unlock();
    }
  }

  void takeBack(FrameBatch batch) {
    lock.lock();
    try {
      held.takeBack(batch);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Frames that came for the guest so far. Taken before the guest is paused it never counts one
   * that the guest may not have seen.
   */
  public long mirrorPosition() {
    return mirroredFrames;
  }

  /** Bytes of output held or on their way back. */
  public long heldBytes() {
    return held.heldBytes();
  }

  /** The same of its limit. */
  public int usedPercent() {
    return (int) (100 * held.heldBytes() / settings.heldLimitBytes());
  }

  /** What passed so far. */
  public NetCounts counts() {
    lock.lock();
    try {
      return held.counts(mirroredFrames, mirroredBytes);
    } finally {
      lock.unlock();
    }
  }

  /** Stops reading. QEMU drops what the guest sends where filters are still there. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    lock.lock();
    try {
      held.discard();
      links.forEach(NicLink::close);
      selector.close();
    } catch (IOException e) {
      LOG.debug("closing the selector failed", e);
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() != thread) {
      join();
    }
  }

  private void join() {
    try {
      thread.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Under the lock.

  private boolean offer(int nic, DirectBuffer buffer, int offset, int length) {
    NicLink link = nic < links.size() ? links.get(nic) : null;
    if (link == null || link.isLost()) {
      held.onLost();
      return true;
    }
    return link.offer(buffer, offset, length);
  }

  private void moveOut() {
    held.moveOut();
    for (int i = 0; i < links.size(); i++) {
      links.get(i).flush();
    }
  }

  private void readAll() {
    for (int i = 0; i < links.size(); i++) {
      while (links.get(i).readOutput(outputSink)) {
        lastFrameNs = System.nanoTime();
      }
    }
    moveOut();
  }

  // On the network's thread.

  private void run() {
    Consumer<SelectionKey> ready = key -> ((Runnable) key.attachment()).run();
    while (!isClosed) {
      try {
        selector.select(ready);
        tell();
      } catch (ClosedSelectorException e) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.error("in the guest's network", e); // and read on: QEMU must not be stopped by it
      }
    }
  }

  private void tell() {
    boolean notice;
    lock.lock();
    try {
      notice = held.takeNotice();
    } finally {
      lock.unlock();
    }
    if (notice) {
      listener.onOutputHeld();
    }
    for (NicLink link : links) {
      String why = link.takeLostWhy();
      if (why != null) {
        LOG.error("interface {}: {}", nics.get(link.nic()).id(), why);
        listener.onLost(link.nic(), why);
      }
    }
  }

  private void onOutput(NicLink link) {
    lock.lock();
    try {
      if (link.readOutput(outputSink)) {
        lastFrameNs = System.nanoTime();
      }
      moveOut();
    } finally {
      lock.unlock();
    }
  }

  private void onRoom(NicLink link) {
    lock.lock();
    try {
      link.flush();
      moveOut();
    } finally {
      lock.unlock();
    }
  }

  private void onCopies(NicLink link) {
    link.readCopies(this::onCopy);
  }

  private void onCopy(int nic, DirectBuffer buffer, int offset, int length) {
    lastFrameNs = System.nanoTime();
    countCopy(length);
    listener.onInput(nic, buffer, offset, length);
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by one thread only
  private void countCopy(int length) {
    mirroredFrames++;
    mirroredBytes += length;
  }

  /** The gate, of which each call returns at once. */
  private final class Gate implements OutputGate {
    @Override
    public void close() {
      lock.lock();
      try {
        if (!nics.isEmpty() && (links.isEmpty() || removal != null)) {
          throw new NetException("output cannot be held: the filters are not in QEMU");
        }
        held.hold();
        moveOut();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void cut(long epoch) {
      lock.lock();
      try {
        held.cut(epoch);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void release(long epoch) {
      lock.lock();
      try {
        held.release(epoch);
        moveOut();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void open() {
      lock.lock();
      try {
        held.pass();
        moveOut();
        if (!held.isDiscarded() && !links.isEmpty() && removal == null) {
          removal = new FilterRemoval(new Removal(), settings, timeoutNs);
          removal.start();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void discard() {
      lock.lock();
      try {
        held.discard();
        links.forEach(NicLink::discard);
      } finally {
        lock.unlock();
      }
    }
  }

  /** What the removal of the filters asks of the network. */
  private final class Removal implements FilterRemoval.Target {
    @Override
    public ReentrantLock lock() {
      return lock;
    }

    @Override
    public List<NicLink> links() {
      return links;
    }

    @Override
    public boolean isEnded() {
      return isClosed || held.isDiscarded();
    }

    @Override
    public long lastFrameNs() {
      return lastFrameNs;
    }

    @Override
    public boolean moveAll() {
      readAll();
      return held.isEmpty() && links.stream().allMatch(NicLink::isFlushed);
    }

    @Override
    public void onEnd(boolean removed) {
      if (removed) {
        links.forEach(NicLink::close);
        links = List.of();
      }
      removal = null;
    }
  }
}
