package org.understudy.node.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.memory.KeptMemory;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.node.arbiter.Arbiters;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;
import org.understudy.node.program.UserError;
import org.understudy.node.seal.WireKeys;
import org.understudy.pair.arbiter.Arbiter;
import org.understudy.protocol.link.HostNetwork;
import org.understudy.protocol.link.LinkConfiguration;
import org.understudy.protocol.link.LinkSpace;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.service.front.Descriptors;
import org.understudy.vm.qemu.QemuException;
import org.understudy.vm.qemu.QemuVersion;

/** Looks at what a node needs of this machine; each finding has a verdict and, if bad, a remedy. */
public final class Doctor {
  /** How bad it is. */
  public enum Verdict {
    /** As it should be. */
    OK,
    /** Works, but slower or less safely. */
    WARN,
    /** A node cannot run, or not with this configuration. */
    FAIL
  }

  /**
   * One thing that was looked at.
   *
   * @param what its name
   * @param verdict how bad
   * @param text what was found
   * @param remedy what to do; empty if nothing
   */
  public record Finding(String what, Verdict verdict, String text, String remedy) {}

  private static final int JAVA_RELEASE = 25;
  private static final long QEMU_TIMEOUT_NS = 10_000_000_000L;
  private static final long FEW_DESCRIPTORS = 10_128;
  private static final Path SHARED_MEMORY = Path.of(LinkConfiguration.DIRECTORY_ROOT_DEFAULT);

  private final Path proc;
  private final List<Finding> findings = new ArrayList<>();

  private Doctor(Path proc) {
    this.proc = proc;
  }

  /** Of this machine; with a configuration (else null) also of what that needs. */
  public static List<Finding> examine(NodeConfig config) throws IOException {
    return examine(config, Path.of("/proc"));
  }

  static List<Finding> examine(NodeConfig config, Path proc) throws IOException {
    Budget budget = config == null ? null : Budget.ofNode(config);
    Doctor doctor = new Doctor(proc);
    doctor.jdk();
    doctor.kernel();
    doctor.descriptors();
    doctor.sharedMemory(budget);
    doctor.memory(budget);
    doctor.network();
    doctor.trackers();
    doctor.qemu(config);
    if (config != null) {
      doctor.arbiter(config);
      doctor.wire(config);
      doctor.save(config);
      doctor.keptMemory(config);
    }
    return doctor.findings;
  }

  private void add(String what, boolean isGood, Verdict otherwise, String text, String remedy) {
    findings.add(new Finding(what, isGood ? Verdict.OK : otherwise, text, isGood ? "" : remedy));
  }

  private void jdk() {
    int release = Runtime.version().feature();
    add(
        "JDK",
        release == JAVA_RELEASE,
        Verdict.FAIL,
        System.getProperty("java.vendor") + " " + Runtime.version(),
        "install a JDK " + JAVA_RELEASE + " and point JAVA_HOME at it");
  }

  private void kernel() {
    List<String> lines = ProcFiles.lines(proc.resolve("sys/kernel/osrelease"));
    String release = lines.isEmpty() ? "unknown" : lines.getFirst();
    String[] numbers = release.split("[^0-9]+", 3);
    boolean isKnown = numbers.length > 1 && !numbers[0].isEmpty() && !numbers[1].isEmpty();
    int version = isKnown ? Integer.parseInt(numbers[0]) * 1000 + Integer.parseInt(numbers[1]) : 0;
    add(
        "kernel",
        version >= 6007,
        version >= 5009 ? Verdict.WARN : Verdict.FAIL,
        "Linux " + release,
        "Linux 6.7 finds a machine's dirty pages by PAGEMAP_SCAN, below it pages are compared or"
            + " marked, with longer pauses; 5.9 is the least");
  }

  private void descriptors() {
    long limit = ProcFiles.field(proc.resolve("self/limits"), "Max open files", Long.MAX_VALUE);
    add(
        "descriptors",
        limit >= FEW_DESCRIPTORS,
        limit >= 2 * Descriptors.RESERVE ? Verdict.WARN : Verdict.FAIL,
        limit == Long.MAX_VALUE ? "no limit" : "at most " + limit,
        "'ulimit -n " + FEW_DESCRIPTORS + "' (LimitNOFILE= of a service): each client takes one");
  }

  private void sharedMemory(Budget budget) {
    long needed =
        budget == null
            ? LinkSpace.neededBytes(LinkConfiguration.TERM_LENGTH_DEFAULT)
            : budget.sharedBytes();
    try {
      long free = Files.getFileStore(SHARED_MEMORY).getUsableSpace();
      add(
          "/dev/shm",
          free >= needed,
          Verdict.FAIL,
          Units.roughSize(free) + " free, a node needs " + Units.roughSize(needed),
          Units.roughSize(Math.max(0, needed - free))
              + " are missing: mount -o remount,size=... /dev/shm, or --shm-size of the container");
    } catch (IOException e) {
      add("/dev/shm", false, Verdict.FAIL, e.toString(), "mount a tmpfs there");
    }
  }

  private void wire(NodeConfig config) {
    if (!config.wire().sealed()) {
      String remedy = "make a key by 'understudy keygen A B', name it in wire.keys on both nodes";
      add("wire", false, Verdict.WARN, "not sealed (wire.sealed = false)", remedy);
      return;
    }
    if (WireKeys.isMadeAtStart(config)) {
      add("wire", true, Verdict.OK, "sealed; the node that starts first makes the key", "");
      return;
    }
    try {
      SealIdentity identity = WireKeys.read(config);
      add("wire", true, Verdict.OK, "sealed, keys " + identity.keys(), "");
    } catch (UserError e) {
      add("wire", false, Verdict.FAIL, "no key", e.getMessage());
    }
  }

  private void keptMemory(NodeConfig config) {
    if (config.guest().isVm() || !config.guest().keepsMemory()) {
      return;
    }
    long free = Resources.now(config.node().directory()).sharedBytes();
    long needed = KeptMemory.neededBytes(config.guest().memoryBytes());
    add(
        "kept memory",
        free >= needed,
        Verdict.WARN,
        Units.roughSize(free) + " of /dev/shm are free, " + Units.roughSize(needed) + " wanted",
        "enlarge /dev/shm: without it a node that returns is sent all of the guest");
  }

  private void save(NodeConfig config) {
    Path directory = config.node().saveDirectory();
    long free = Resources.now(directory).diskBytes();
    long needed = config.guest().memoryBytes();
    add(
        "save",
        free >= needed,
        Verdict.WARN,
        Units.roughSize(free)
            + " free at "
            + directory
            + ", a guest needs "
            + Units.roughSize(needed),
        "make room, or set node.saveDirectory to another place: a node that is stopped while it"
            + " alone has the guest could not save it, and would not end");
  }

  private void memory(Budget budget) {
    HostMemory memory = HostMemory.available();
    String text = Units.roughSize(memory.bytes()) + " available (" + memory.from() + ")";
    long needed = budget == null ? 0 : budget.memoryBytes();
    add(
        "memory",
        memory.bytes() >= needed,
        Verdict.FAIL,
        budget == null ? text : text + ", this configuration can take " + Units.roughSize(needed),
        Units.roughSize(Math.max(0, needed - memory.bytes()))
            + " are missing: lower guest.memory or limits.*");
  }

  private void network() {
    int most = HostNetwork.probe().receiveBufferMax();
    add(
        "socket buffers",
        most >= LinkConfiguration.WINDOW_WANTED,
        Verdict.WARN,
        "net.core.rmem_max = " + most,
        "sysctl -w net.core.rmem_max=" + LinkConfiguration.WINDOW_WANTED + " for a faster link");
  }

  private void trackers() {
    boolean canWatch = false;
    for (TrackerProbe.Finding finding : TrackerProbe.probe()) {
      canWatch |= finding.available() && finding.kind().setting().equals("pagemap");
      add(
          "tracker " + finding.kind().setting(),
          finding.available(),
          Verdict.WARN,
          finding.available() ? "works" : finding.reason(),
          "another tracker is used; pagemap and softdirty are for machines");
    }
    add(
        "userfaultfd",
        canWatch || ProcFiles.number(proc.resolve("sys/vm/unprivileged_userfaultfd"), 0) > 0,
        Verdict.WARN,
        "vm.unprivileged_userfaultfd = "
            + ProcFiles.number(proc.resolve("sys/vm/unprivileged_userfaultfd"), 0),
        "run machines as root, or sysctl -w vm.unprivileged_userfaultfd=1");
    long scope = ProcFiles.number(proc.resolve("sys/kernel/yama/ptrace_scope"), 0);
    add(
        "ptrace",
        scope < 2,
        scope > 2 ? Verdict.FAIL : Verdict.WARN,
        "kernel.yama.ptrace_scope = " + scope,
        "sysctl -w kernel.yama.ptrace_scope=1: a machine's tracker is set up by ptrace");
  }

  private void qemu(NodeConfig config) {
    boolean isNeeded = config != null && config.guest().isVm();
    String program = config == null ? "qemu-system-x86_64" : config.vm().program();
    try {
      String version = QemuVersion.of(program, QEMU_TIMEOUT_NS);
      add("QEMU", true, Verdict.OK, program + " " + version, "");
    } catch (QemuException e) {
      add(
          "QEMU",
          false,
          isNeeded ? Verdict.FAIL : Verdict.WARN,
          String.valueOf(e.getMessage()),
          "machines need it: 'apt-get install qemu-system-x86', or set vm.program");
    }
  }

  private void arbiter(NodeConfig config) {
    try (Arbiter arbiter = Arbiters.open(config)) {
      arbiter.rehearse();
      add("arbiter", true, Verdict.OK, arbiter.describe() + " can be read and written", "");
    } catch (IOException | UserError e) {
      boolean isFile = config.arbiter().kind() == NodeConfig.ArbiterKind.FILE;
      add(
          "arbiter",
          false,
          Verdict.FAIL,
          isFile ? config.arbiter().directory() + ": " + e.getMessage() : e.getMessage(),
          isFile
              ? "set arbiter.dir to a directory that both nodes can write"
              : "start the cluster, or correct arbiter.endpoints, arbiter.user or arbiter.tls");
    }
  }
}
