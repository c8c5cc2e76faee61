package org.understudy.node.role;

import java.util.List;
import java.util.function.Function;
import org.understudy.backup.agent.ImageMemory;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.kv.KeyValueService;
import org.understudy.kv.KeyValueSettings;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.run.NodeLimits;
import org.understudy.service.front.Descriptors;
import org.understudy.service.front.TcpFront;
import org.understudy.service.guest.ServiceGuestFactory;
import org.understudy.vm.machine.OwnershipView;

/** Makes what the key-value sample needs. */
final class ServiceKit implements GuestKit {
  private static final long REHEARSAL_BYTES = 16 << 20;

  private final NodeConfig config;
  private final OwnershipView ownership;
  private final TrackerKind tracker;

  ServiceKit(NodeConfig config, OwnershipView ownership) {
    this.config = config;
    this.ownership = ownership;
    this.tracker = chooseTracker();
  }

  private TrackerKind chooseTracker() {
    List<TrackerProbe.Finding> findings = TrackerProbe.probe();
    TrackerKind wanted =
        switch (config.guest().tracker()) {
          case AUTO -> TrackerProbe.pick(findings, true);
          case BARRIER -> TrackerKind.WRITE_BARRIER;
          case PAGEMAP -> TrackerKind.PAGEMAP_SCAN;
          case SOFTDIRTY -> TrackerKind.SOFT_DIRTY;
          case COMPARE -> TrackerKind.COMPARE;
        };
    for (TrackerProbe.Finding finding : findings) {
      if (finding.kind() == wanted && !finding.available()) {
        throw new UserError(
            ExitCode.REFUSED,
            "guest.tracker " + wanted.setting() + " does not work here: " + finding.reason());
      }
    }
    return wanted;
  }

  @Override
  public ClientFront newFront() {
    String refusal = Descriptors.refusal(Descriptors.limit());
    if (refusal != null) {
      throw new UserError(ExitCode.REFUSED, refusal);
    }
    return new TcpFront(NodeLimits.front(config));
  }

  @Override
  public GuestFactory factory(ClientFront front) {
    return factory(front, config.guest().memoryBytes(), layout -> newGuestMemory());
  }

  @Override
  public void rehearse() {
    Rehearsal.run(
        factory(
            ClientFront.NONE,
            Math.min(REHEARSAL_BYTES, config.guest().memoryBytes()),
            tracker::newMemory));
  }

  private GuestFactory factory(
      ClientFront front, long memoryBytes, Function<RegionLayout, GuestMemory> newMemory) {
    boolean streams = NodeLimits.streams(config);
    KeyValueSettings settings = NodeLimits.keyValue(config);
    return new ServiceGuestFactory(
        KeyValueService.definition(settings),
        memoryBytes,
        settings.serviceSettings().withStreamOutput(streams),
        tracker,
        newMemory,
        () -> front);
  }

  @Override
  public ImageMemory imageMemory(long registerId) {
    return memory().ofImages(registerId);
  }

  @Override
  public GuestMemory newGuestMemory() {
    return memory().ofGuest(ownership.registerId());
  }

  private ServiceMemory memory() {
    RegionLayout layout = factory(ClientFront.NONE).description().layout();
    return new ServiceMemory(layout, tracker, config.guest().keepsMemory());
  }

  @Override
  public void close() {
    // Everything belongs to the guest.
  }
}
