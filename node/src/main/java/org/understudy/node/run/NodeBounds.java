package org.understudy.node.run;

import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.checkpoint.track.WriteBarrier;
import org.understudy.node.config.NodeConfig;
import org.understudy.primary.agent.PrimaryBounds;
import org.understudy.protocol.link.LinkSpace;
import org.understudy.service.front.Descriptors;
import org.understudy.service.front.FrontSettings;
import org.understudy.vm.guest.VmBounds;

/** Asks each part of a node for its bounds. Nothing here is a number of its own but the JVM's. */
final class NodeBounds {
  /** Code, classes, threads' stacks and the collector's tables of the JVM. */
  static final long JVM_BYTES = 192L << 20;

  /** Status, port and lock files. */
  private static final long SMALL_FILES_BYTES = 1 << 20;

  /** Asked once: a probe maps and watches memory, and the host does not change. */
  private static final class Host {
    static final List<TrackerProbe.Finding> TRACKERS = List.copyOf(TrackerProbe.probe());
  }

  private NodeBounds() {}

  static Budget budget(NodeConfig config, long heapLimitBytes) {
    List<MemoryBound> bounds = new ArrayList<>(everywhere(config));
    bounds.addAll(largerHalf(copy(config), NodeLimits.backup(config).bounds()));
    if (config.guest().isVm()) {
      int disks = config.vm().disks().size();
      int nics = config.vm().nics().size();
      bounds.addAll(VmBounds.primary(disks, nics));
      bounds.addAll(VmBounds.backup(disks, nics));
    }
    return new Budget(
        bounds, heapLimitBytes, descriptors(config), NodeLog.CEILING_BYTES + SMALL_FILES_BYTES);
  }

  private static RegionLayout layout(NodeConfig config) {
    return RegionLayout.of("guest", config.guest().memoryBytes());
  }

  /** In either role, and while one becomes the other. */
  static List<MemoryBound> everywhere(NodeConfig config) {
    List<MemoryBound> bounds = new ArrayList<>();
    long guest = layout(config).totalBytes();
    boolean isVm = config.guest().isVm();
    bounds.add(
        isVm
            ? MemoryBound.ofShared("guest", "guest.memory", guest)
            : MemoryBound.ofNative("guest", "guest.memory", guest));
    bounds.add(MemoryBound.ofNative("JVM", "", JVM_BYTES));
    bounds.addAll(link(config));
    bounds.addAll(
        tracker(config)
            .bounds(
                layout(config),
                isVm ? NodeLimits.VM_STAGING_PAGES : WriteBarrier.DEFAULT_STAGING_PAGES));
    bounds.addAll(
        PrimaryBounds.ofInputs(NodeLimits.backlogBytes(config), NodeLimits.streams(config)));
    if (isVm) {
      bounds.addAll(VmBounds.both(config.vm().disks().size()));
    } else {
      FrontSettings front = NodeLimits.front(config);
      bounds.add(front.ceilingBytes());
      bounds.add(front.heapCeilingBytes());
      bounds.addAll(NodeLimits.keyValue(config).serviceSettings().bounds());
    }
    return bounds;
  }

  private static List<MemoryBound> link(NodeConfig config) {
    List<MemoryBound> bounds = new ArrayList<>();
    if (config.wire().driver().isEmpty()) {
      long bytes = LinkSpace.neededBytes((int) config.wire().termLengthBytes());
      bounds.add(MemoryBound.ofShared("link", "aeron.termLength", bytes));
    }
    bounds.add(MemoryBound.ofDirect("buffers of the link", "", LinkSpace.BUFFERS_BYTES));
    bounds.add(MemoryBound.ofHeap("message that waits", "", LinkSpace.HEAP_BYTES));
    return bounds;
  }

  /** The tracker that is tried first; a machine's may yet fail for its QEMU. */
  private static TrackerKind tracker(NodeConfig config) {
    boolean isService = !config.guest().isVm();
    return switch (config.guest().tracker()) {
      case AUTO -> TrackerProbe.pick(Host.TRACKERS, isService);
      case BARRIER ->
          isService ? TrackerKind.WRITE_BARRIER : TrackerProbe.pick(Host.TRACKERS, false);
      case PAGEMAP -> TrackerKind.PAGEMAP_SCAN;
      case SOFTDIRTY -> TrackerKind.SOFT_DIRTY;
      case COMPARE -> TrackerKind.COMPARE;
    };
  }

  /** What a primary takes from its first copy on. */
  private static List<MemoryBound> copy(NodeConfig config) {
    return PrimaryBounds.ofCopies(
        NodeLimits.codec(config), layout(config), config.limits().stagingBytes());
  }

  /**
   * A takeover gives back what a backup held before its first copy to another one begins, so that a
   * node never has both; only the heap of what went waits for the collector.
   */
  static List<MemoryBound> largerHalf(List<MemoryBound> ofPrimary, List<MemoryBound> ofBackup) {
    boolean isPrimary = outsideHeap(ofPrimary) >= outsideHeap(ofBackup);
    List<MemoryBound> bounds = new ArrayList<>(isPrimary ? ofPrimary : ofBackup);
    (isPrimary ? ofBackup : ofPrimary)
        .stream().filter(bound -> bound.place() == MemoryBound.Place.HEAP).forEach(bounds::add);
    return bounds;
  }

  private static long outsideHeap(List<MemoryBound> bounds) {
    return bounds.stream()
        .filter(bound -> bound.place() != MemoryBound.Place.HEAP)
        .mapToLong(MemoryBound::ceilingBytes)
        .sum();
  }

  /** The front lets in as many clients as there are descriptors for; these are the fewest. */
  private static long descriptors(NodeConfig config) {
    return Descriptors.RESERVE + (config.guest().isVm() ? 0 : Descriptors.FEWEST_CLIENTS);
  }
}
