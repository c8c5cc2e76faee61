package org.understudy.simulation;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the agents' guests went through, by number, and what their memory was at each of the last
 * cuts: the reference for images.
 */
final class CaptureReference {
  /** Enough for all that may be unacked, and for what was committed last. */
  private static final int KEPT = 128;

  /** One cut. */
  private record Cut(
      long number, GuestHistory history, boolean isLast, byte[] memory, long[] disk) {}

  /** One input after an entry. */
  private record Step(long before, long client, long request) {}

  private final Map<Step, Long> derived = new HashMap<>();
  private final Cut[] cuts = new Cut[KEPT];
  private final List<GuestHistory> entries = new ArrayList<>();
  private long number;

  CaptureReference() {
    entries.add(GuestHistory.EMPTY);
  }

  /** A deterministic guest does the same again: the same number for the same entry. */
  long derived(long before, long client, long request) {
    return derived.computeIfAbsent(
        new Step(before, client, request),
        step -> {
          GuestHistory history = entry(before);
          return add(history.then(client, request, history.derivedToken(client, request)));
        });
  }

  /** Number of a new entry. */
  long add(GuestHistory entry) {
    entries.add(entry);
    return entries.size() - 1L;
  }

  GuestHistory entry(long ofNumber) {
    return entries.get((int) ofNumber);
  }

  /** The guest's memory is cut at this entry; returns the cut's number, from 1. */
  long cut(MemorySegment memory, long[] disk, GuestHistory history, boolean isLast) {
    number++;
    Cut old = cuts[(int) (number % KEPT)];
    byte[] bytes = old == null ? new byte[(int) memory.byteSize()] : old.memory;
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    cuts[(int) (number % KEPT)] = new Cut(number, history, isLast, bytes, disk.clone());
    return number;
  }

  private Cut of(long ofNumber) {
    Cut cut = cuts[(int) (ofNumber % KEPT)];
    return cut != null && cut.number == ofNumber ? cut : null;
  }

  /** The guest's history at this cut, or null if it is too long ago. */
  GuestHistory history(long ofNumber) {
    Cut cut = of(ofNumber);
    return cut == null ? null : cut.history;
  }

  /** Whether the guest ended with this cut. */
  boolean isLast(long ofNumber) {
    Cut cut = of(ofNumber);
    return cut != null && cut.isLast;
  }

  /** Whether a disk is what the guest's was at this cut. */
  boolean isDisk(long ofNumber, long[] disk) {
    Cut cut = of(ofNumber);
    return cut == null || cut.disk.length == 0 || Arrays.equals(cut.disk, disk);
  }

  /** First byte in which an image differs from the guest's memory at this cut; -1 for none. */
  long difference(long ofNumber, MemorySegment image) {
    Cut cut = of(ofNumber);
    return cut == null ? -1 : MemorySegment.ofArray(cut.memory).mismatch(image);
  }
}
