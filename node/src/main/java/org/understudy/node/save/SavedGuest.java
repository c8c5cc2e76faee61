package org.understudy.node.save;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.RegionSpec;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * What is known of a guest that was put aside; its memory and device state lie in files beside it.
 *
 * @param registerId the register that speaks of it, in hexadecimal
 * @param generation that register's, when it was written
 * @param node name of the node that wrote it
 * @param incarnations processes that had this guest: the one that wrote it, and those that were
 *     about to go on with it, in hexadecimal
 * @param type guest type and name of the state format
 * @param stateFormatVersion version of what is in memory and device state
 * @param regions of the memory, in order
 * @param inputPosition last input of a backup's log that it consumed
 * @param stampNs what its clock showed
 * @param deviceBytes of device state
 * @param memoryDigest SHA-256 of the memory, in hexadecimal
 * @param deviceDigest SHA-256 of the device state, in hexadecimal
 * @param at when it was written
 */
public record SavedGuest(
    String registerId,
    long generation,
    String node,
    List<String> incarnations,
    String type,
    int stateFormatVersion,
    List<Region> regions,
    long inputPosition,
    long stampNs,
    int deviceBytes,
    String memoryDigest,
    String deviceDigest,
    String at) {
  /** One region. */
  public record Region(String name, long bytes) {
    static List<Region> of(GuestDescription guest) {
      return guest.layout().regions().stream().map(Region::of).toList();
    }

    private static Region of(RegionSpec region) {
      return new Region(region.name(), region.lengthBytes());
    }
  }

  /** Copies the lists. */
  public SavedGuest {
    incarnations = List.copyOf(incarnations);
    regions = List.copyOf(regions);
  }

  /**
   * Whether a register says that this is its guest: put aside, or gone with a process that wrote it
   * down and ran it no more after that.
   */
  public boolean isNamedBy(Register register) {
    return register != null
        && Long.toHexString(register.registerId()).equals(registerId)
        && switch (register.ownership()) {
          case Ownership.Saved(NodeId by) -> isOf(by);
          case Ownership.Solo(NodeId owner) -> isOf(owner);
          case Ownership.Protected _, Ownership.Ended _ -> false;
        };
  }

  private boolean isOf(NodeId process) {
    return process.name().equals(node)
        && incarnations.contains(Long.toHexString(process.incarnation()));
  }

  /** Also of a process that is about to go on with it: should that fail, it is still the guest. */
  SavedGuest alsoOf(NodeId process) {
    List<String> more = new ArrayList<>(incarnations);
    more.add(Long.toHexString(process.incarnation()));
    return new SavedGuest(
        registerId,
        generation,
        node,
        more,
        type,
        stateFormatVersion,
        regions,
        inputPosition,
        stampNs,
        deviceBytes,
        memoryDigest,
        deviceDigest,
        at);
  }

  /** Bytes of memory. */
  @JsonIgnore
  public long memoryBytes() {
    return regions.stream().mapToLong(Region::bytes).sum();
  }

  /** Whether a node that would run this guest can go on with it. */
  boolean fits(GuestDescription guest) {
    return guest.type().equals(type)
        && guest.stateFormatVersion() == stateFormatVersion
        && Region.of(guest).equals(regions);
  }

  /** For people. */
  @Override
  public String toString() {
    return "%s with %d MiB, written by %s at %s".formatted(type, memoryBytes() >> 20, node, at);
  }
}
