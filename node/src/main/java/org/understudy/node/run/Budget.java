package org.understudy.node.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.MemoryBound.Place;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.program.Version;

/**
 * All that the bounds of one node can take together. Known before anything starts, compared with
 * what host and container give, refused with the number that is missing: a sum that does not hold
 * shows under load else, when the guest is there to be lost.
 *
 * @param bounds of memory, each part's own
 * @param heapLimitBytes the JVM's; all of it may be used, whatever the parts need of it
 * @param descriptors open files and connections without which the node is of no use
 * @param diskBytes in the node's directory
 */
public record Budget(
    List<MemoryBound> bounds, long heapLimitBytes, long descriptors, long diskBytes) {
  /** The program itself: configuration, status, metrics, and room for the collector. */
  static final long OWN_HEAP_BYTES = 96L << 20;

  /** Copies the list. */
  public Budget {
    bounds = List.copyOf(bounds);
  }

  /** What a node with this configuration can take in this process, in either role. */
  public static Budget of(NodeConfig config) {
    return NodeBounds.budget(config, Runtime.getRuntime().maxMemory());
  }

  /** The same of a node that is started in a process of its own. */
  public static Budget ofNode(NodeConfig config) throws IOException {
    return HeapLimit.fitted(NodeBounds.budget(config, Version.nodeHeapBytes()));
  }

  /** All memory: the heap, whoever uses it, and what lies outside of it. */
  public long memoryBytes() {
    return heapLimitBytes + bytes(Place.NATIVE) + bytes(Place.DIRECT) + bytes(Place.SHARED);
  }

  /** How much of it lies in {@code /dev/shm}. */
  public long sharedBytes() {
    return bytes(Place.SHARED);
  }

  /** How much of it counts against the JVM's own limit of direct memory. */
  public long directBytes() {
    return bytes(Place.DIRECT);
  }

  /** How much heap is needed. */
  public long heapBytes() {
    return OWN_HEAP_BYTES + bytes(Place.HEAP);
  }

  private long bytes(Place place) {
    return of(place).stream().mapToLong(MemoryBound::ceilingBytes).sum();
  }

  private List<MemoryBound> of(Place... places) {
    return bounds.stream()
        .filter(bound -> bound.ceilingBytes() > 0 && List.of(places).contains(bound.place()))
        .sorted(Comparator.comparingLong(MemoryBound::ceilingBytes).reversed())
        .toList();
  }

  /** One line: the ceiling by kind, parts from the largest on, and what there is. */
  public String describe(Resources there) {
    return "budget: at most "
        + Units.roughSize(memoryBytes())
        + " of memory, "
        + size(there.memory().bytes())
        + " available: heap "
        + Units.roughSize(heapLimitBytes)
        + " ("
        + Units.roughSize(heapBytes())
        + " needed), native "
        + Units.roughSize(bytes(Place.NATIVE) + directBytes())
        + " ("
        + parts(Place.NATIVE, Place.DIRECT)
        + "), shared memory "
        + Units.roughSize(sharedBytes())
        + " of "
        + size(there.sharedBytes())
        + " ("
        + parts(Place.SHARED)
        + "); descriptors "
        + descriptors
        + " of "
        + (there.descriptors() == Long.MAX_VALUE ? "any number" : there.descriptors())
        + "; disk "
        + Units.roughSize(diskBytes)
        + " of "
        + size(there.diskBytes());
  }

  private String parts(Place... places) {
    List<String> words = new ArrayList<>();
    of(places).forEach(part -> words.add(part.what() + " " + Units.roughSize(part.ceilingBytes())));
    return words.isEmpty() ? "none" : String.join(", ", words);
  }

  private static String size(long bytes) {
    return bytes == Long.MAX_VALUE ? "an unknown amount" : Units.roughSize(bytes);
  }

  /** Refuses what does not hold, with the number that is missing and what to change. */
  public void check(Resources there) {
    refuse(
        "memory",
        memoryBytes(),
        there.memory().bytes(),
        there.memory().from(),
        lower(Place.NATIVE, Place.DIRECT, Place.SHARED) + " or give the host or container more");
    refuse(
        "shared memory",
        sharedBytes(),
        there.sharedBytes(),
        "/dev/shm",
        lower(Place.SHARED)
            + " or enlarge it (mount -o remount,size=..., or --shm-size of the container)");
    refuse(
        "direct memory",
        directBytes(),
        there.directBytes(),
        "the JVM",
        "start it with -XX:MaxDirectMemorySize=" + mib(directBytes()) + ", as ./understudy does");
    refuse(
        "heap",
        heapBytes(),
        heapLimitBytes,
        "the JVM",
        lower(Place.HEAP) + " or set UNDERSTUDY_JAVA_OPTS=" + HeapLimit.option(heapBytes()));
    refuse(
        "disk",
        diskBytes,
        there.diskBytes(),
        "node.directory",
        "make room, or set node.directory to another place");
    refuseDescriptors(there.descriptors());
  }

  static String mib(long bytes) {
    return (bytes + (1 << 20) - 1 >> 20) + "m";
  }

  private String lower(Place... places) {
    String settings =
        of(places).stream()
            .filter(part -> !part.setting().isEmpty())
            .collect(
                Collectors.groupingBy(
                    MemoryBound::setting, Collectors.summingLong(MemoryBound::ceilingBytes)))
            .entrySet()
            .stream()
            .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
            .map(entry -> entry.getKey() + " (" + Units.roughSize(entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
    return settings.isEmpty() ? "it is fixed:" : "lower " + settings + ",";
  }

  private void refuseDescriptors(long limit) {
    if (descriptors > limit) {
      throw new UserError(
          ExitCode.REFUSED,
          "the node can need "
              + descriptors
              + " descriptors and may open "
              + limit
              + ": "
              + (descriptors - limit)
              + " are missing; raise the limit (ulimit -n, or LimitNOFILE of the service unit)");
    }
  }

  private static void refuse(String what, long needed, long available, String from, String remedy) {
    if (needed > available) {
      throw new UserError(
          ExitCode.REFUSED,
          "the node can need "
              + Units.roughSize(needed)
              + " of "
              + what
              + " and "
              + Units.roughSize(available)
              + " are left ("
              + from
              + "): "
              + Units.roughSize(needed - available)
              + " are missing; "
              + remedy);
    }
  }
}
