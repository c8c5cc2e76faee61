package org.understudy.vm.attach;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.understudy.vm.qemu.QemuCommandLine;
import org.understudy.vm.qemu.QemuVersion;
import org.understudy.vm.qemu.extra.OutsideParts;

/** Decides whether a machine can be protected: a function of what was observed (SAFETY rule V6). */
public final class AttachRules {
  private static final int PAGE_BYTES = 4096;
  private static final Set<String> RUN_STATES = Set.of("running", "paused", "prelaunch");
  private static final String MEMFD = "memfd";
  private static final Set<String> MEMORY_FILE_SYSTEMS = Set.of(MEMFD, "tmpfs");
  private static final Set<String> HARMLESS_CAPABILITIES =
      Set.of("events", "x-ignore-shared", "return-path");
  private static final Set<String> MIGRATION_ENDS =
      Set.of("", "none", "completed", "failed", "cancelled");
  private static final Pattern FILTER = Pattern.compile("filter-.*|colo-compare");
  private static final String OUR_FILTER = "us-";
  private static final String BLOCK_OPTIONS =
      "id=" + QemuCommandLine.RAM_BLOCK + ",share=on,x-use-canonical-path-for-ramblock-id=off";

  private final AttachFacts facts;
  private final AttachWants wants;
  private final List<Refusal> refusals = new ArrayList<>();

  private AttachRules(AttachFacts facts, AttachWants wants) {
    this.facts = facts;
    this.wants = wants;
  }

  /** All that is in the way; empty where the machine can be protected. */
  public static List<Refusal> refusals(AttachFacts facts, AttachWants wants) {
    AttachRules rules = new AttachRules(facts, wants);
    rules.history();
    rules.process();
    rules.memory();
    new ShapeRules(facts.shape(), wants, rules.refusals).judge();
    rules.devices();
    facts.netdevs().forEach(rules::netdev);
    rules.interfaces();
    facts.disks().forEach(rules::disk);
    rules.migration();
    return rules.refusals;
  }

  private void refuse(String property, Object value, String remedy) {
    refusals.add(new Refusal(property, value.toString(), remedy));
  }

  private void history() {
    for (AttachFacts.QemuObject object : facts.objects()) {
      if (!FILTER.matcher(object.type()).matches()) {
        continue;
      }
      if (object.id().startsWith(OUR_FILTER)) {
        refuse(
            "filter " + object.id(),
            "of a node that is gone",
            "this guest may live elsewhere by now: end its QEMU (process "
                + facts.process().pid()
                + ")");
      } else {
        refuse(
            "filter " + object.id(),
            "a " + object.type() + " of somebody else",
            "remove it (object_del " + object.id() + ")");
      }
    }
    if (!facts.qemuVersion().equals(wants.qemuVersion())) {
      refuse(
          "QEMU's version",
          facts.qemuVersion(),
          "vm.program is " + wants.qemuVersion() + ", and state loads into the same version only");
    }
    if (!RUN_STATES.contains(facts.runState())) {
      refuse("the machine's state", facts.runState(), "let it run, or pause it");
    }
  }

  private void process() {
    AttachFacts.HostProcess process = facts.process();
    if (process.pid() == 0) {
      refuse(
          "the process behind the socket",
          "unknown",
          "QEMU itself must make the socket (-chardev socket,path=...,server=on,wait=off), on this"
              + " host and in this node's process namespace");
    } else if (process.user() != process.ownUser()) {
      refuse(
          "QEMU's user",
          process.user(),
          "run it as the node's, "
              + process.ownUser()
              + " (libvirt: user and group in qemu.conf): it opens sockets of the node");
    }
    for (String device : process.devices()) {
      refuse(
          "a device of the host",
          device + ", open in QEMU",
          "the kernel would write guest memory past QEMU: "
              + (device.endsWith("vhost-net")
                  ? "vhost=off for each tap (libvirt: <driver name='qemu'/>)"
                  : "take the device out of the machine"));
    }
    if (!process.trackingFailure().isEmpty()) {
      refuse(
          "the tracking of dirty pages",
          "impossible (" + process.trackingFailure() + ")",
          "let QEMU do userfaultfd (no -sandbox against it, Linux 6.7), or set guest.tracker ="
              + " auto");
    }
  }

  private void memory() {
    AttachFacts.Ram ram = facts.ram();
    long wanted = wants.config().memoryBytes();
    String remedy = memoryRemedy(wanted);
    if (ram.bytes() != wanted) {
      refuse("memory", ram.bytes() + " bytes", "guest.memory says " + wanted);
    }
    for (String device : ram.memoryDevices()) {
      refuse("a memory device", device, "one block of RAM is protected: give all with -m");
    }
    if (ram.backends().isEmpty()) {
      refuse("memory", "private to QEMU", remedy);
    } else if (ram.backends().size() > 1) {
      refuse("memory", "made of " + ram.backends().size() + " backends", "use one, without NUMA");
    } else if (!ram.backends().getFirst().isShared()) {
      refuse("memory", "not shared (share=off)", remedy);
    } else if (ram.bytes() == wanted) {
      block(remedy);
      mapping();
    }
  }

  private String memoryRemedy(long wanted) {
    boolean isFile = sendsMemoryWithoutName();
    return "start it with -object "
        + (isFile ? "memory-backend-file,mem-path=/dev/shm/NAME" : "memory-backend-memfd")
        + ",size="
        + wanted
        + ","
        + BLOCK_OPTIONS
        + " -machine ...,memory-backend="
        + QemuCommandLine.RAM_BLOCK
        + " (libvirt: <memoryBacking><source type='"
        + (isFile ? "file" : "memfd")
        + "'/><access mode='shared'/>"
        + (isFile ? ", and memory_backing_dir below /dev/shm in qemu.conf)" : ")");
  }

  /** From 8.1 on QEMU leaves only memory of a named file out of the state of its devices. */
  private boolean sendsMemoryWithoutName() {
    return QemuVersion.isAtLeast(facts.qemuVersion(), 8, 1);
  }

  private void block(String remedy) {
    boolean isThere =
        facts.shape().blocks().stream()
            .anyMatch(block -> block.name().equals(QemuCommandLine.RAM_BLOCK));
    if (!isThere) {
      refuse(
          "the name of the RAM block",
          facts.shape().blocks().stream().map(MachineShape.Block::name).toList(),
          "the backup's is " + QemuCommandLine.RAM_BLOCK + "; " + remedy);
    }
  }

  private void mapping() {
    AttachFacts.Mapping mapping = facts.ram().mapping();
    if (mapping == null || mapping.descriptor() == null) {
      refuse(
          "the memory file",
          mapping == null ? "not mapped once and whole" : mapping.name() + ", not open in QEMU",
          "use one memory backend for all of the RAM");
      return;
    }
    if (mapping.pageBytes() != PAGE_BYTES) {
      refuse(
          "memory",
          "in huge pages of " + mapping.pageBytes() + " bytes",
          "no hugetlb=on, no mem-path on hugetlbfs (libvirt: no <hugepages/>)");
    } else if (!MEMORY_FILE_SYSTEMS.contains(mapping.fileSystem())) {
      refuse(
          "the memory file",
          mapping.name() + " on " + mapping.fileSystem(),
          "use memory-backend-memfd, or a mem-path on tmpfs such as /dev/shm");
    } else if (mapping.fileSystem().equals(MEMFD) && sendsMemoryWithoutName()) {
      refuse(
          "memory",
          "without a named file (" + mapping.name() + ")",
          "QEMU "
              + facts.qemuVersion()
              + " would write all of it into each epoch's state: "
              + memoryRemedy(wants.config().memoryBytes()));
    }
  }

  private void devices() {
    for (String type : facts.shape().types()) {
      String obstacle = OutsideParts.deviceObstacle(type);
      if (!obstacle.isEmpty()) {
        refuse("a device", type, obstacle);
      }
    }
    for (AttachFacts.QemuObject object : facts.objects()) {
      String obstacle = OutsideParts.objectObstacle(object.type());
      if (!obstacle.isEmpty()) {
        refuse("object " + object.id(), "a " + object.type(), obstacle);
      }
    }
  }

  private void netdev(AttachFacts.Netdev netdev) {
    if (!netdev.type().equals("tap")) {
      refuse(
          "network " + netdev.id(),
          "of type " + netdev.type(),
          "output can be held only on a tap: -netdev tap,vhost=off (libvirt: <interface"
              + " type='bridge'> with <driver name='qemu'/>)");
    } else if (netdev.queues() > 1) {
      refuse(
          "network " + netdev.id(),
          "of " + netdev.queues() + " queues",
          "use one queue (libvirt: no queues='N')");
    }
  }

  private void interfaces() {
    wants
        .config()
        .nics()
        .forEach(nic -> {
          String mac = nic.mac().toLowerCase(Locale.ROOT);
          if (facts.netdevs().stream().noneMatch(netdev -> netdev.mac().equals(mac))) {
            refuse(
                "interface " + nic.id(),
                "not there",
                "no interface has the address " + mac + " and a host side: compare vm.nics");
          }
        });
  }

  private void disk(AttachFacts.DiskNode node) {
    if (node.isReadOnly()) {
      String obstacle = OutsideParts.imageObstacle(node.driver());
      if (!obstacle.isEmpty()) {
        refuse("disk " + node.name(), node.driver() + " on " + node.file(), obstacle);
      } else if (node.isDirect()) {
        refuse(
            "disk " + node.name(),
            node.file() + " past the host's cache",
            OutsideParts.directObstacle());
      }
      return;
    }
    boolean isOurs =
        wants.config().disks().stream()
            .anyMatch(disk -> wants.diskFile(disk.id()).equals(node.file()));
    boolean isPlain = node.driver().equals("nbd") || node.driver().equals("raw");
    if (!isOurs || !isPlain) {
      refuse(
          "disk " + node.name(),
          node.driver() + " on " + node.file(),
          "writes must go through this node: name the raw file in vm.disks and give QEMU "
              + "driver=nbd,server.type=unix,server.path="
              + wants.diskSocket()
              + ",export=ID");
    }
  }

  private void migration() {
    AttachFacts.Migration migration = facts.migration();
    for (String blocker : migration.blockers()) {
      refuse("a migration blocker", blocker, "take out the device that says so");
    }
    if (!MIGRATION_ENDS.contains(migration.status())) {
      refuse("a migration", migration.status(), "wait for its end, or cancel it");
    }
    for (String capability : migration.capabilities()) {
      if (!HARMLESS_CAPABILITIES.contains(capability)) {
        refuse("migration capability " + capability, "on", "switch it off");
      }
    }
  }
}
