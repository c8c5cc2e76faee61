package org.understudy.vm.net;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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

  /** What is told; on the network's thread, so each must return at once. */
  public interface Listener {
    /** The first frame since the last cut is held. */
    void onOutputHeld();

    /** A frame came for the guest; its vnet header is included, the bytes are valid now only. */
    void onInput(int nic, DirectBuffer buffer, int offset, int length);

    /** A frame came for the guest, which does not get it: {@link GuestNetwork#divertInput}. */
    default void onInputDiverted(int nic, DirectBuffer buffer, int offset, int length) {}

    /** QEMU broke off; the guest's output on this interface is dropped from now on. */
    default void onLost(int nic, String why) {}
  }

  private final QmpClient qmp;
  private final List<VmNic> nics;
  private final Function<VmNic, String> netdevs;
  private final Path directory;
  private final NetSettings settings;
  private final long timeoutNs;
  private final FrameExchange exchange;
  private final FrameThread thread;
  private final Gate gate = new Gate();
  private FilterRemoval removal;
  private volatile InputDiversion diversion;

  private GuestNetwork(
      QmpClient qmp,
      List<VmNic> nics,
      Function<VmNic, String> netdevs,
      Path directory,
      NetSettings settings,
      Listener listener,
      long timeoutNs)
      throws IOException {
    this.qmp = qmp;
    this.nics = List.copyOf(nics);
    this.netdevs = netdevs;
    this.directory = directory;
    this.settings = settings;
    this.timeoutNs = timeoutNs;
    exchange = new FrameExchange(settings.heldLimitBytes());
    thread = new FrameThread(exchange, listener);
  }

  /** Puts the filters into a QEMU that Understudy started. */
  public static GuestNetwork attach(
      QmpClient qmp,
      List<VmNic> nics,
      Path directory,
      NetSettings settings,
      Listener listener,
      long timeoutNs) {
    return attach(qmp, nics, VmNic::netdev, directory, settings, listener, timeoutNs);
  }

  /**
   * Puts the filters into a running QEMU; frames pass.
   *
   * @param nics as the guest's config has them; their numbers are their places in this list
   * @param netdevs what that QEMU calls their host sides
   * @param directory where socket files are for a moment; the names must fit into 108 bytes
   * @throws NetException where that fails; nothing is left in QEMU then
   */
  public static GuestNetwork attach(
      QmpClient qmp,
      List<VmNic> nics,
      Function<VmNic, String> netdevs,
      Path directory,
      NetSettings settings,
      Listener listener,
      long timeoutNs) {
    if (nics.size() > FrameRecords.MAX_NICS) {
      throw new NetException(
          "at most " + FrameRecords.MAX_NICS + " interfaces, not " + nics.size());
    }
    try {
      GuestNetwork network =
          new GuestNetwork(qmp, nics, netdevs, directory, settings, listener, timeoutNs);
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
        NicFilters filters = new NicFilters(qmp, nic, netdevs.apply(nic), directory, timeoutNs);
        made.add(filters);
        filters.connect();
        fresh.add(new NicLink(fresh.size(), filters));
      }
      exchange.links(fresh);
      for (NicLink link : fresh) {
        // before QEMU can write: it must never find a socket that nobody reads
        thread.watch(link);
      }
      made.forEach(NicFilters::add);
    } catch (IOException | RuntimeException e) {
      exchange.links(List.of());
      fresh.forEach(NicLink::close);
      made.forEach(GuestNetwork::removeQuietly);
      throw new NetException(
          "the network filters cannot be put into QEMU: "
              + e.getMessage()
              + "; each of "
              + nics.stream().map(netdevs).toList()
              + " has to be of type tap, without vhost",
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
    exchange.lock().lock();
    try {
      if (exchange.isEnded()) {
        throw new NetException("the guest's output was discarded: it needs a new QEMU");
      }
      if (removal == null ? areAllUsable() : removal.cancel()) {
        removal = null;
        return;
      }
      running = removal;
      if (running == null) {
        onRemovalEnd(true); // one was lost: all are put in anew
      }
    } finally {
      exchange.lock().unlock();
    }
    if (running != null && !running.await(timeoutNs)) {
      throw new NetException("the filters of the last protection are still being removed");
    }
    attachFilters();
  }

  private boolean areAllUsable() {
    List<NicLink> links = exchange.links();
    return links.size() == nics.size() && links.stream().noneMatch(NicLink::isLost);
  }

  /** Whether output goes through the filters. */
  public boolean isAttached() {
    return !exchange.links().isEmpty();
  }

  /** Output passes, and the filters are taken out; false where that took too long. */
  public boolean detach(long waitNs) {
    gate.open();
    FilterRemoval running;
    exchange.lock().lock();
    try {
      running = removal;
    } finally {
      exchange.lock().unlock();
    }
    return (running == null || running.await(waitNs)) && !isAttached();
  }

  /** While the guest is known to be paused: reads all that it has sent. */
  public void drain() {
    exchange.lock().lock();
    try {
      exchange.readAll();
    } finally {
      exchange.lock().unlock();
    }
  }

  /** What the guest sent since the last cut; it stays held, for the epoch of the gate's cut. */
  public FrameCut cutFrames() {
    exchange.lock().lock();
    try {
      return new FrameCut(this, exchange.held().cutFrames());
    } finally {
      exchange.lock().unlock();
    }
  }

  void takeBack(FrameBatch batch) {
    exchange.lock().lock();
    try {
      exchange.held().takeBack(batch);
    } finally {
      exchange.lock().unlock();
    }
  }

  /**
   * Frames that came for the guest so far. Taken before the guest is paused it never counts one
   * that the guest may not have seen.
   */
  public long mirrorPosition() {
    return thread.mirroredFrames();
  }

  /**
   * Takes the guest's input away, for another QEMU that goes on with the guest: to be called before
   * the last pause, on the thread that pauses. Until {@link #giveInputBack} the guest gets no
   * frame, and {@link Listener#onInputDiverted} all of them.
   *
   * @return the exact number of frames that the guest has got so far
   */
  public long divertInput() {
    diversion = InputDiversion.start(qmp, nics, netdevs, directory, timeoutNs);
    return thread.divert(diversion, timeoutNs);
  }

  /** The guest stays and runs: it gets what was taken away, and whatever comes. */
  public void giveInputBack() {
    InputDiversion over = diversion;
    diversion = null;
    if (over == null) {
      return;
    }
    try {
      over.switchOff();
      thread.drain(over, timeoutNs);
      try (FrameInjector injector = FrameInjector.open(qmp, nics, netdevs, directory, timeoutNs)) {
        over.giveBack(injector);
      }
    } finally {
      over.remove();
    }
  }

  /** Bytes of output held or on their way back. */
  public long heldBytes() {
    return exchange.held().heldBytes();
  }

  /** Percent of {@link NetSettings#heldLimitBytes} that {@link #heldBytes} takes. */
  public int usedPercent() {
    return (int) (100 * exchange.held().heldBytes() / settings.heldLimitBytes());
  }

  /** When a frame was held last, by {@link System#nanoTime}. */
  public long lastHeldNs() {
    return exchange.held().lastHeldNs();
  }

  /** Frames held since the last cut, or in the epoch that ended there, whichever are more. */
  public int framesLately() {
    return exchange.held().framesLately();
  }

  /** What passed so far. */
  public NetCounts counts() {
    exchange.lock().lock();
    try {
      return exchange.held().counts(thread.mirroredFrames(), thread.mirroredBytes());
    } finally {
      exchange.lock().unlock();
    }
  }

  /** Stops reading. QEMU drops what the guest sends where filters are still there. */
  @Override
  public void close() {
    exchange.lock().lock();
    try {
      if (exchange.isClosed()) {
        return;
      }
      exchange.close();
    } finally {
      exchange.lock().unlock();
    }
    thread.end();
    if (diversion != null) {
      diversion.close();
    }
  }

  /** Under the lock. */
  private void onRemovalEnd(boolean removed) {
    if (removed) {
      exchange.links().forEach(NicLink::close);
      exchange.links(List.of());
    }
    removal = null;
  }

  /** The gate, of which each call returns at once. */
  private final class Gate implements OutputGate {
    @Override
    public void close() {
      exchange.lock().lock();
      try {
        if (!nics.isEmpty() && (!isAttached() || removal != null)) {
          throw new NetException("output cannot be held: the filters are not in QEMU");
        }
        exchange.held().hold();
        exchange.moveOut();
      } finally {
        exchange.lock().unlock();
      }
    }

    @Override
    public void cut(long epoch) {
      exchange.lock().lock();
      try {
        exchange.held().cut(epoch);
      } finally {
        exchange.lock().unlock();
      }
    }

    @Override
    public void release(long epoch) {
      exchange.lock().lock();
      try {
        exchange.held().release(epoch);
        exchange.moveOut();
      } finally {
        exchange.lock().unlock();
      }
    }

    @Override
    public void open() {
      exchange.lock().lock();
      try {
        exchange.held().pass();
        exchange.moveOut();
        if (!exchange.isEnded() && isAttached() && removal == null) {
          removal =
              new FilterRemoval(exchange, settings, timeoutNs, GuestNetwork.this::onRemovalEnd);
          removal.start();
        }
      } finally {
        exchange.lock().unlock();
      }
    }

    @Override
    public void discard() {
      exchange.lock().lock();
      try {
        exchange.discard();
      } finally {
        exchange.lock().unlock();
      }
    }
  }
}
