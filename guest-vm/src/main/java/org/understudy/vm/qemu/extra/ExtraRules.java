package org.understudy.vm.qemu.extra;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What each of QEMU's options may bring in. An option that is not named here is refused: one that a
 * later QEMU has may do anything.
 */
final class ExtraRules {
  static final String WRITABLE_FIRMWARE =
      "variables of the firmware would be written to a file of this host alone: give the firmware"
          + " with -bios (it keeps variables on the guest's disk), or its code with readonly=on and"
          + " no file of variables";

  private static final String SET_BY_NODE = "Understudy sets it itself: leave it out";
  private static final String MONITOR =
      "whoever uses it could change the machine behind the node's back: leave it out";
  private static final String NETWORK =
      "output can be held only on a tap of the node: use vm.nics instead";
  private static final String FOLDER =
      "a folder of this host is in no epoch: share it over the guest's network";
  private static final String STATELESS = "";

  private static final Set<String> OBJECTS =
      Set.of(
          "rng-random",
          "rng-builtin",
          "rng-egd",
          "secret",
          "secret_keyring",
          "tls-creds-anon",
          "tls-creds-psk",
          "tls-creds-x509",
          "tls-cipher-suites",
          "authz-list",
          "authz-listfile",
          "authz-simple",
          "authz-pam",
          "iothread",
          "thread-context",
          "throttle-group",
          "can-bus");
  private static final Set<String> HOST_CHARDEVS = Set.of("serial", "tty", "parallel", "parport");
  private static final Set<String> USB_DEVICES =
      Set.of("mouse", "tablet", "keyboard", "wacom-tablet");
  private static final Set<String> DISPLAYS = Set.of("none", "vnc");
  private static final Pattern ADDRESS = Pattern.compile("(tcp|telnet|websocket|tn3270|unix):.*");

  /** A rule: what is in the way of a value, with the remedy; empty where nothing is. */
  private interface Rule extends Function<String, String> {}

  private static final Map<String, Rule> WITH_VALUE = new HashMap<>();
  private static final Map<String, Rule> FLAGS = new HashMap<>();

  static {
    allow(WITH_VALUE, "uuid smbios rtc boot vga k audiodev bios option-rom acpitable fw_cfg L");
    allow(WITH_VALUE, "d D dfilter trace msg echr overcommit seed rotate");
    allow(FLAGS, "usb no-acpi no-hpet no-fd-bootchk win2k-hack portrait");
    refuse(
        WITH_VALUE,
        SET_BY_NODE,
        "m M machine accel smp cpu incoming kernel initrd append loadvm mem-path numa runas chroot"
            + " sandbox action name run-with add-fd pidfile watchdog-action icount");
    refuse(
        FLAGS,
        SET_BY_NODE,
        "enable-kvm S daemonize snapshot mem-prealloc nodefaults preconfig only-migratable"
            + " no-shutdown no-reboot no-user-config nographic full-screen async-teardown h help"
            + " version");
    refuse(WITH_VALUE, "what it brings in cannot be judged: write it out", "readconfig set");
    refuse(WITH_VALUE, MONITOR, "mon gdb");
    refuse(FLAGS, MONITOR, "s");
    for (String monitor : List.of("monitor", "qmp", "qmp-pretty")) {
      WITH_VALUE.put(monitor, value -> value.equals("none") ? STATELESS : MONITOR);
    }
    refuse(WITH_VALUE, NETWORK, "netdev");
    for (String network : List.of("net", "nic")) {
      WITH_VALUE.put(network, value -> value.equals("none") ? STATELESS : NETWORK);
    }
    refuse(WITH_VALUE, FOLDER, "fsdev virtfs");
    refuse(
        WITH_VALUE, "the state of a TPM is in no epoch: protect the guest without one", "tpmdev");
    refuse(
        WITH_VALUE,
        "the guest could write it, and those writes would be in no epoch and on no other host: make"
            + " it a raw file in vm.disks, or give it with -drive ...,readonly=on",
        "hda hdb hdc hdd fda fdb sd mtdblock");
    refuse(WITH_VALUE, WRITABLE_FIRMWARE, "pflash");
    WITH_VALUE.put("cdrom", ImageRules::fileObstacle);
    WITH_VALUE.put("drive", value -> ImageRules.obstacle(QemuValue.of(value, "")));
    WITH_VALUE.put("blockdev", value -> ImageRules.obstacle(QemuValue.of(value, "driver")));
    WITH_VALUE.put("device", ExtraRules::device);
    WITH_VALUE.put(
        "usbdevice",
        value -> USB_DEVICES.contains(value) ? STATELESS : "write it as -device usb-...");
    WITH_VALUE.put("object", ExtraRules::object);
    WITH_VALUE.put("global", ExtraRules::global);
    WITH_VALUE.put("chardev", ExtraRules::chardev);
    for (String line : List.of("serial", "parallel", "debugcon")) {
      WITH_VALUE.put(line, ExtraRules::line);
    }
    WITH_VALUE.put("display", value -> display(QemuValue.of(value, "type").last("type")));
    WITH_VALUE.put("vnc", value -> STATELESS);
    WITH_VALUE.put("spice", ExtraRules::spice);
  }

  private ExtraRules() {}

  private static void allow(Map<String, Rule> options, String names) {
    refuse(options, STATELESS, names);
  }

  private static void refuse(Map<String, Rule> options, String reason, String names) {
    for (String name : names.split(" ")) {
      options.put(name, value -> reason);
    }
  }

  static boolean isKnown(String name) {
    return WITH_VALUE.containsKey(name) || FLAGS.containsKey(name);
  }

  static boolean hasValue(String name) {
    return WITH_VALUE.containsKey(name);
  }

  /** What is in the way of an option that is known, with the remedy; empty where nothing is. */
  static String obstacle(ExtraOption option) {
    return (hasValue(option.name()) ? WITH_VALUE : FLAGS).get(option.name()).apply(option.value());
  }

  private static String device(String value) {
    return QemuValue.of(value, "driver").all("driver").stream()
        .map(OutsideParts::deviceObstacle)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .orElse(STATELESS);
  }

  private static String object(String value) {
    for (String type : QemuValue.of(value, "qom-type").all("qom-type")) {
      if (type.startsWith("memory-backend-")) {
        return "one block of memory is protected, and the node makes it: use guest.memory";
      }
      if (type.startsWith("filter-") || type.equals("colo-compare")) {
        return "the node holds output by filters of its own, and their order matters: leave it out";
      }
      String obstacle = OutsideParts.objectObstacle(type);
      if (!obstacle.isEmpty()) {
        return obstacle;
      }
      if (!OBJECTS.contains(type)) {
        return "whether an object of the type "
            + type
            + " can be protected is unknown: leave it"
            + " out";
      }
    }
    return STATELESS;
  }

  /** {@code -global DRIVER.PROPERTY=VALUE}, or the same in words. */
  private static String global(String value) {
    QemuValue words = QemuValue.of(value, "");
    String driver = words.last("driver");
    if (driver.isEmpty()) {
      driver = value.split("[.=]", 2)[0];
    }
    boolean isCure =
        value.equals("migration.send-switchover-start=off")
            || driver.equals("migration") && words.last("property").equals("send-switchover-start");
    if (driver.equals("migration") && !isCure) {
      return "each epoch is a migration, and the node sets how: leave it out";
    }
    return OutsideParts.deviceObstacle(driver);
  }

  private static String chardev(String value) {
    QemuValue words = QemuValue.of(value, "backend");
    if (HOST_CHARDEVS.contains(words.last("backend"))) {
      return "a device of this host cannot move to the other one: use socket, file or pty";
    }
    return words.last("backend").equals("socket") ? patience(words) : STATELESS;
  }

  private static String patience(QemuValue words) {
    boolean isServer = words.all("server").stream().anyMatch(QemuValue.mayBeOn());
    boolean waits =
        words.all("wait").isEmpty() || words.all("wait").stream().anyMatch(QemuValue.mayBeOn());
    return isServer && waits ? "QEMU would not start before a client comes: add wait=off" : "";
  }

  private static String line(String value) {
    if (value.startsWith("mon:")) {
      return MONITOR;
    }
    if (value.startsWith("/dev/") || value.matches("COM[0-9].*")) {
      return "a device of this host cannot move to the other one: use a chardev of socket, file or"
          + " pty";
    }
    if (ADDRESS.matcher(value).matches()) {
      return patience(QemuValue.of(value, "address"));
    }
    return STATELESS;
  }

  private static String display(String type) {
    return DISPLAYS.contains(type) || type.startsWith("vnc")
        ? STATELESS
        : "a node has no screen: use -vnc";
  }

  private static String spice(String value) {
    return QemuValue.of(value, "").all("gl").stream().anyMatch(QemuValue.mayBeOn())
        ? "what is drawn by this host's graphics card is in no epoch: leave gl=on out"
        : STATELESS;
  }
}
