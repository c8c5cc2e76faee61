package org.understudy.service.guest;

import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.DirtyTracker;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.WriteBarrier;
import org.understudy.service.ServiceDefinition;
import org.understudy.service.memory.ProtectedMemory;

/** Makes guests of one kind of service. */
public final class ServiceGuestFactory implements GuestFactory {
  private static final String REGION = "service";

  private final ServiceDefinition definition;
  private final ServiceSettings settings;
  private final TrackerKind trackerKind;
  private final Function<RegionLayout, GuestMemory> newMemory;
  private final Supplier<ClientFront> front;
  private final GuestDescription description;

  /** A factory of guests in memory without a name. */
  public ServiceGuestFactory(
      ServiceDefinition definition,
      long memoryBytes,
      ServiceSettings settings,
      TrackerKind trackerKind,
      Supplier<ClientFront> front) {
    this(definition, memoryBytes, settings, trackerKind, trackerKind::newMemory, front);
  }

  /**
   * A factory.
   *
   * @param definition the service
   * @param memoryBytes bytes of protected memory, a multiple of 4096
   * @param settings limits
   * @param trackerKind how dirty pages are found
   * @param newMemory gives a new guest zeroed memory
   * @param front gives the front that the next guest drives and closes; after a takeover the very
   *     object, with its connections, that the backup's agent drove until then. Null for none.
   */
  public ServiceGuestFactory(
      ServiceDefinition definition,
      long memoryBytes,
      ServiceSettings settings,
      TrackerKind trackerKind,
      Function<RegionLayout, GuestMemory> newMemory,
      Supplier<ClientFront> front) {
    this.definition = definition;
    this.settings = settings;
    this.trackerKind = trackerKind;
    this.newMemory = newMemory;
    this.front = front;
    this.description =
        new GuestDescription(
            "service/" + definition.name(),
            definition.stateFormatVersion(),
            RegionLayout.of(REGION, memoryBytes),
            definition.deterministic(),
            true);
    if (settings.streamOutput() && !definition.deterministic()) {
      throw new IllegalArgumentException(
          "service "
              + definition.name()
              + " does not declare determinism: its output cannot be released before its state");
    }
  }

  @Override
  public GuestDescription description() {
    return description;
  }

  @Override
  public Guest create() {
    GuestMemory memory = newMemory.apply(description.layout());
    DirtyTracker tracker = trackerKind.create(memory, WriteBarrier.DEFAULT_STAGING_PAGES);
    ServiceRuntime runtime = ServiceRuntime.start(over(memory, tracker), definition, settings);
    return guest(memory, tracker, runtime, front.get(), 0, 0);
  }

  @Override
  public Guest restore(
      GuestMemory memory,
      DirectBuffer deviceState,
      int deviceStateLength,
      long inputPosition,
      long stampNs) {
    if (deviceStateLength != 0 || !memory.layout().equals(description.layout())) {
      throw new IllegalArgumentException(
          description.type()
              + " cannot be restored from "
              + memory.layout()
              + " with "
              + deviceStateLength
              + " bytes of device state; it has "
              + description.layout()
              + " and none");
    }
    DirtyTracker tracker = trackerKind.create(memory, WriteBarrier.DEFAULT_STAGING_PAGES);
    ServiceRuntime runtime = ServiceRuntime.restore(over(memory, tracker), definition, settings);
    ClientFront handedOver = front.get();
    runtime.adoptSessions(id -> handedOver != null && handedOver.isConnected(id));
    return guest(memory, tracker, runtime, handedOver, inputPosition, stampNs);
  }

  private static ProtectedMemory over(GuestMemory memory, DirtyTracker tracker) {
    return ProtectedMemory.over(
        memory.segment(), tracker instanceof WriteBarrier barrier ? barrier : null);
  }

  private ServiceGuest guest(
      GuestMemory memory,
      DirtyTracker tracker,
      ServiceRuntime runtime,
      ClientFront guestFront,
      long inputPosition,
      long clockNs) {
    return new ServiceGuest(
        description, memory, tracker, runtime, settings, guestFront, inputPosition, clockNs);
  }
}
