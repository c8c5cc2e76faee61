package org.understudy.node.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.protocol.link.LinkSpace;

/**
 * All that the bounds of one node can take together. Known before anything starts, compared with
 * what host and container give, refused with the number that is missing: a sum that does not hold
 * shows under load else, when the guest is there to be lost.
 *
 * @param parts of memory
 * @param directBytes how much of it counts against the JVM's own limit of direct memory
 * @param sharedBytes how much of it lies in {@code /dev/shm}
 * @param descriptors open files and connections
 */
public record Budget(List<Part> parts, long directBytes, long sharedBytes, long descriptors) {
  /**
   * One bound.
   *
   * @param what a word for it
   * @param setting what makes it smaller; empty if nothing does
   * @param bytes its ceiling
   */
  public record Part(String what, String setting, long bytes) {}

  /** Code, classes, threads' stacks and the collector's tables of the JVM. */
  static final long JVM_BYTES = 192L << 20;

  /** QEMU beside the guest's memory: the one that runs or waits, and the one of a trial. */
  static final long QEMU_BYTES = 2 * (128L << 20);

  /** Files, sockets and pipes of a node without any client. */
  static final long OWN_DESCRIPTORS = 128;

  /** Clients that the front of a service lets in. */
  private static final long CLIENTS = 10_000;

  private static final long RINGS_BYTES = 28L << 20;
  private static final long FRONT_BYTES = 272L << 20;
  private static final long HELD_OUTPUT_BYTES = 32L << 20;
  private static final long SECTIONS_BYTES = 2 * (256L << 20);
  private static final long VM_STAGING_BYTES = 64L << 20;

  /** What a node with this configuration can take, in either role. */
  public static Budget of(NodeConfig config) {
    List<Part> parts = new ArrayList<>();
    long guest = config.guest().memoryBytes();
    long shadow = config.limits().shadowBytes();
    parts.add(new Part("guest", "guest.memory", guest));
    parts.add(
        new Part(
            "shadow",
            "limits.shadow",
            shadow == NodeConfig.AUTO ? guest : Math.min(guest, shadow)));
    parts.add(new Part("heap", "", Runtime.getRuntime().maxMemory()));
    parts.add(new Part("JVM", "", JVM_BYTES));
    long link =
        config.wire().driver().isEmpty()
            ? LinkSpace.neededBytes((int) config.wire().termLengthBytes())
            : 0;
    parts.add(new Part("link", "aeron.termLength", link));
    List<Part> direct = direct(config);
    parts.addAll(direct);
    boolean isVm = config.guest().isVm();
    if (isVm) {
      parts.add(new Part("QEMU", "", QEMU_BYTES));
    }
    return new Budget(
        List.copyOf(parts),
        direct.stream().mapToLong(Part::bytes).sum(),
        link + (isVm ? guest : 0),
        OWN_DESCRIPTORS + (isVm ? 0 : CLIENTS));
  }

  /** Buffers that come and go; their bounds hold whatever clients and peer do. */
  private static List<Part> direct(NodeConfig config) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("staging", "limits.staging", config.limits().stagingBytes()));
    parts.add(new Part("input log", "limits.inputLog", config.limits().inputLogBytes()));
    parts.add(new Part("rings", "", RINGS_BYTES));
    if (config.guest().isVm()) {
      parts.add(new Part("dirty pages", "", VM_STAGING_BYTES));
    } else {
      parts.add(new Part("clients' replies", "", FRONT_BYTES));
      parts.add(new Part("output", "", HELD_OUTPUT_BYTES + SECTIONS_BYTES));
    }
    return parts;
  }

  /** All memory. */
  public long memoryBytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /** One line: the ceiling, its parts from the largest on, and what there is. */
  public String describe(HostMemory memory, long sharedLimitBytes, long descriptorLimit) {
    String all =
        parts.stream()
            .filter(part -> part.bytes() > 0)
            .sorted(Comparator.comparingLong(Part::bytes).reversed())
            .map(part -> part.what() + " " + Units.roughSize(part.bytes()))
            .collect(Collectors.joining(", "));
    return "budget: at most "
        + Units.roughSize(memoryBytes())
        + " of memory ("
        + all
        + "), "
        + size(memory.bytes())
        + " available; "
        + Units.roughSize(sharedBytes)
        + " of it shared, "
        + size(sharedLimitBytes)
        + " free; up to "
        + descriptors
        + " descriptors of "
        + (descriptorLimit == Long.MAX_VALUE ? "any number" : descriptorLimit);
  }

  private static String size(long bytes) {
    return bytes == Long.MAX_VALUE ? "an unknown amount" : Units.roughSize(bytes);
  }

  /** Refuses what does not hold, with the number that is missing and what to change. */
  public void check(HostMemory memory, long sharedFreeBytes, long directLimitBytes) {
    refuse("memory", memoryBytes(), memory.bytes(), memory.from(), remedy());
    refuse(
        "shared memory",
        sharedBytes,
        sharedFreeBytes,
        "/dev/shm",
        "enlarge it (mount -o remount,size=..., or --shm-size of the container), or lower "
            + (sharedBytes > parts.getFirst().bytes() ? "guest.memory" : "aeron.termLength"));
    refuse(
        "direct memory",
        directBytes,
        directLimitBytes,
        "the JVM",
        "start it with -XX:MaxDirectMemorySize=" + (directBytes >> 20) + "m, as ./understudy does");
  }

  private String remedy() {
    return "lower "
        + parts.stream()
            .filter(part -> !part.setting().isEmpty())
            .sorted(Comparator.comparingLong(Part::bytes).reversed())
            .map(part -> part.setting() + " (" + Units.roughSize(part.bytes()) + ")")
            .collect(Collectors.joining(", "))
        + ", or give the host or container more";
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

  /** Descriptors that this process may open; everything where the kernel does not tell. */
  static long descriptorLimit(Path limits) {
    return ProcFiles.field(limits, "Max open files", Long.MAX_VALUE);
  }
}
