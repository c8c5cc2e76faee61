package org.understudy.node.role;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.agent.ImageMemory;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.SharedMemoryFile;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.host.schedule.Processors;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.VmMachine;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.node.run.NodeLimits;
import org.understudy.node.status.NodeStatus;
import org.understudy.primary.agent.GuestSaver;
import org.understudy.primary.agent.PrimaryAgent;
import org.understudy.vm.attach.AttachException;
import org.understudy.vm.disk.DiskPlace;
import org.understudy.vm.guest.AttachPlan;
import org.understudy.vm.guest.VmGuestFactory;
import org.understudy.vm.machine.OwnershipView;
import org.understudy.vm.machine.TrackerChoice;
import org.understudy.vm.machine.VmCounters;
import org.understudy.vm.machine.VmSettings;
import org.understudy.vm.qemu.Accelerator;
import org.understudy.vm.qemu.AcceleratorProbe;
import org.understudy.vm.qemu.QemuException;
import org.understudy.vm.qemu.QemuVersion;
import org.understudy.vm.qemu.VmBoot;
import org.understudy.vm.qemu.VmConfig;
import org.understudy.vm.qmp.QmpWarmUp;

/** Makes what a virtual machine needs. */
final class VmKit implements GuestKit {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");
  private static final double US_PER_MS = 1_000;
  private static final long STEP_TIMEOUT_NS = 10_000_000_000L;
  private static final long PAUSE_TIMEOUT_NS = 5_000_000_000L;

  private final VmGuestFactory factory;
  private final VmSettings settings;

  VmKit(NodeConfig config, OwnershipView ownership) {
    try {
      settings = settings(config);
      // Before QEMU starts, which inherits it.
      Processors.leave(Processors.listed(settings.pins()));
      SharedMemoryFile.removeLeftOvers().forEach(file -> LOG.info("removed {}, a leftover", file));
      LOG.info("machine: {} ({})", settings.identity(), settings.devices());
      factory =
          new VmGuestFactory(settings, ownership, attach(config), config.guest().keepsMemory());
      Thread.ofPlatform().daemon().name("qmp-warm-up").start(QmpWarmUp::run);
    } catch (IllegalArgumentException e) {
      throw new UserError(ExitCode.CONFIGURATION_INVALID, e.getMessage(), e);
    } catch (QemuException | AttachException | IOException e) {
      throw new UserError(ExitCode.REFUSED, "no virtual machine here: " + e.getMessage(), e);
    }
  }

  private static AttachPlan attach(NodeConfig config) {
    String socket = config.vm().attach();
    return socket.isEmpty()
        ? null
        : new AttachPlan(Path.of(socket).toAbsolutePath().normalize(), Shutdown::requested);
  }

  private static VmSettings settings(NodeConfig config) throws IOException {
    NodeConfig.Vm vm = config.vm();
    VmConfig machine = VmMachine.of(config.guest(), vm);
    requireReadable(machine.boot());
    Path directory = Files.createDirectories(config.node().directory().resolve("vm"));
    String version = QemuVersion.of(vm.program(), STEP_TIMEOUT_NS);
    return new VmSettings(
        machine.with(accelerator(vm, directory)),
        version,
        directory,
        config.node().pair() + "-" + config.node().name() + "-" + ProcessHandle.current().pid(),
        bridges(vm),
        vm.disks().stream()
            .map(disk -> new DiskPlace(disk.id(), disk.file(), disk.sizeBytes()))
            .toList(),
        tracker(config),
        NodeLimits.VM_STAGING_PAGES,
        pins(vm, Processors.of(0)),
        STEP_TIMEOUT_NS,
        PAUSE_TIMEOUT_NS);
  }

  private static Map<String, String> bridges(NodeConfig.Vm vm) {
    return vm.nics().stream()
        .collect(Collectors.toMap(NodeConfig.Vm.Nic::id, NodeConfig.Vm.Nic::bridge, (a, b) -> a));
  }

  /** Refuses what cannot be; the node itself needs a processor too. */
  static List<Integer> pins(NodeConfig.Vm vm, BitSet host) {
    BitSet pins = new BitSet();
    for (int pin : vm.pins()) {
      if (pin < 0 || !host.get(pin) || pins.get(pin)) {
        throw new IllegalArgumentException(
            "vm.pins: " + pin + " is no processor of this host, or there twice: it has " + host);
      }
      pins.set(pin);
    }
    if (!vm.pins().isEmpty() && vm.pins().size() != vm.cpus()) {
      throw new IllegalArgumentException(
          "vm.pins names "
              + vm.pins().size()
              + " of the host's processors, the guest has "
              + vm.cpus()
              + ": name one for each, or none");
    }
    if (!pins.isEmpty() && pins.equals(host)) {
      throw new IllegalArgumentException(
          "vm.pins names all of the host's processors: leave at least one to the node");
    }
    return vm.pins();
  }

  private static void requireReadable(VmBoot boot) {
    Stream.of(boot.kernel(), boot.initrd())
        .flatMap(Optional::stream)
        .filter(file -> !Files.isReadable(file))
        .findFirst()
        .ifPresent(file -> {
          throw new IllegalArgumentException(
              file + " cannot be read: check vm.kernel and vm.initrd");
        });
  }

  private static Accelerator accelerator(NodeConfig.Vm vm, Path directory) {
    AcceleratorProbe.Finding finding =
        switch (vm.accelerator()) {
          case AUTO -> AcceleratorProbe.best(vm.program(), directory);
          case KVM -> AcceleratorProbe.of(vm.program(), Accelerator.KVM, directory);
          case TCG -> AcceleratorProbe.of(vm.program(), Accelerator.TCG, directory);
        };
    if (!finding.works()) {
      throw new QemuException(finding.accelerator().text() + " does not work: " + finding.reason());
    }
    return finding.accelerator();
  }

  private static TrackerChoice tracker(NodeConfig config) {
    return switch (config.guest().tracker()) {
      case PAGEMAP -> TrackerChoice.only(TrackerKind.PAGEMAP_SCAN);
      case SOFTDIRTY -> softDirty();
      case COMPARE -> TrackerChoice.only(TrackerKind.COMPARE);
      case AUTO, BARRIER -> TrackerChoice.best(TrackerProbe.probe());
    };
  }

  /** A kernel without the marks would report nothing, ever. */
  private static TrackerChoice softDirty() {
    TrackerProbe.Finding finding = TrackerProbe.probe(TrackerKind.SOFT_DIRTY);
    if (!finding.available()) {
      throw new UserError(
          ExitCode.REFUSED, "guest.tracker = softdirty does not work here: " + finding.reason());
    }
    return TrackerChoice.only(TrackerKind.SOFT_DIRTY);
  }

  @Override
  public ClientFront newFront() {
    return ClientFront.NONE;
  }

  @Override
  public GuestFactory factory(ClientFront front) {
    return factory;
  }

  @Override
  public void rehearse() {
    // Each backup tries a restore of its own image before it counts (SAFETY rule V5).
    ClassWarmUp.start(VmGuestFactory.class, PrimaryAgent.class);
  }

  @Override
  public ImageMemory imageMemory(long registerId) {
    return new ImageMemory() {
      @Override
      public GuestMemory zeroed(long ofRegister) {
        return factory.newImage(ofRegister);
      }

      @Override
      public GuestMemory base() {
        return registerId == 0 ? null : factory.base(registerId);
      }

      @Override
      public void reused(GuestMemory memory) {
        factory.reuse(memory);
      }
    };
  }

  @Override
  public void describe(StatusDraft draft) {
    VmCounters.PauseParts parts = factory.counters().averagePartsUs();
    Map<String, Double> partsUs = new LinkedHashMap<>();
    partsUs.put("state", parts.state());
    partsUs.put("scan", parts.scan());
    partsUs.put("copy", parts.copy());
    partsUs.put("cut", parts.cut());
    partsUs.put("resume", parts.resume());
    draft.vm =
        new NodeStatus.Vm(
            settings.config().accelerator().text(),
            settings.qemuVersion(),
            settings.config().memoryBytes(),
            factory.counters().pauses(),
            partsUs,
            claimToRunningMs(draft.takeovers),
            factory.counters().byName());
  }

  private static double claimToRunningMs(List<NodeStatus.Takeover> takeovers) {
    if (takeovers.isEmpty()) {
      return 0;
    }
    NodeStatus.Takeover last = takeovers.getLast();
    return (last.restoredAtUs() - last.claimedAtUs()) / US_PER_MS;
  }

  @Override
  public GuestMemory newGuestMemory() {
    return factory.newMemory();
  }

  @Override
  public GuestSaver saver(RoleContext context, GuestDescription guest) {
    return context.config().vm().attach().isEmpty()
        ? GuestKit.super.saver(context, guest)
        : GuestSaver.none("its QEMU is somebody else's");
  }

  @Override
  public void close() {
    factory.close();
  }
}
