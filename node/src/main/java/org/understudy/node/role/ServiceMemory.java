package org.understudy.node.role;

import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.agent.ImageMemory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.host.LinuxCallException;

/**
 * Memory of a service and of its images: where it can be, in files that outlive the process, so
 * that a node that returns is sent what differs.
 */
final class ServiceMemory {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** Of a file whose guest is not known yet. */
  private static final long NO_GUEST = 0;

  private final RegionLayout layout;
  private final TrackerKind tracker;
  private final boolean isKept;

  ServiceMemory(RegionLayout layout, TrackerKind tracker, boolean isWanted) {
    this.layout = layout;
    this.tracker = tracker;
    // The others watch pages by the kernel, which is tried for memory without a name.
    isKept = isWanted && (tracker == TrackerKind.WRITE_BARRIER || tracker == TrackerKind.COMPARE);
  }

  /** Zeroed memory of this process alone. */
  private GuestMemory unkept() {
    return tracker.newMemory(layout);
  }

  /** Zeroed memory for a guest of this register; what lies here of its life before is removed. */
  GuestMemory ofGuest(long registerId) {
    remove(registerId);
    MappedGuestMemory kept = isKept ? create(registerId) : null;
    return kept == null ? unkept() : kept;
  }

  /** Whatever goes wrong with memory that is kept, a guest does without. */
  private static <T> T tried(Supplier<T> action) {
    try {
      return action.get();
    } catch (IllegalStateException | UncheckedIOException | LinuxCallException e) {
      LOG.info("the guest's memory does not outlive this process: {}", e.getMessage());
      return null;
    }
  }

  private static void remove(long registerId) {
    tried(() -> KeptMemory.remove(registerId));
  }

  private MappedGuestMemory create(long registerId) {
    return tried(() -> KeptMemory.create(layout, registerId));
  }

  /**
   * Memory for a backup's images.
   *
   * @param registerId of the guest's register; 0 where it was never written
   */
  ImageMemory ofImages(long registerId) {
    if (isKept) {
      return new Kept(registerId);
    }
    remove(registerId);
    return ofAnyRegister -> unkept();
  }

  /** Made before anybody waits: to have all pages of a large image takes its time. */
  private final class Kept implements ImageMemory {
    private final MappedGuestMemory base;
    private MappedGuestMemory prepared;

    Kept(long registerId) {
      remove(NO_GUEST);
      base =
          registerId == NO_GUEST
              ? null
              : tried(() -> KeptMemory.takeBase(layout, registerId, true));
      if (base == null) {
        prepared = create(NO_GUEST);
      } else {
        LOG.info("what {} holds of the guest is not copied where it is equal", base.path());
      }
    }

    @Override
    public GuestMemory base() {
      return base;
    }

    @Override
    public GuestMemory zeroed(long registerId) {
      if (prepared == null) {
        return unkept();
      }
      MappedGuestMemory image = prepared;
      prepared = null;
      remove(registerId); // held when this node began
      tried(() -> KeptMemory.name(image, registerId));
      return image;
    }
  }
}
