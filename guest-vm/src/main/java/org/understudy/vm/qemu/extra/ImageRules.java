package org.understudy.vm.qemu.extra;

import java.util.Set;

/** Which images a machine may have beside its disks: those that nobody writes. */
final class ImageRules {
  private static final Set<String> DIRECT_CACHES = Set.of("none", "off", "directsync");
  private static final Set<String> PROTOCOLS =
      Set.of("file", "nbd", "nbd+tcp", "nbd+unix", "http", "https", "iscsi", "rbd", "ssh", "nfs");

  private ImageRules() {}

  /** Of {@code -drive} and {@code -blockdev}: what is in the way, with the remedy; or empty. */
  static String obstacle(QemuValue image) {
    if (!isReadOnly(image)) {
      return "pflash".equals(image.last("if"))
          ? ExtraRules.WRITABLE_FIRMWARE
          : "the guest could write it, and those writes would be in no epoch and on no other host:"
              + " make it a raw file in vm.disks, or add "
              + (image.all("node-name").isEmpty() ? "readonly=on" : "read-only=on");
    }
    if (image.allBelow("snapshot").stream().anyMatch(QemuValue.mayBeOn())) {
      return "snapshot=on writes to a file of this host: leave it out";
    }
    if (image.allBelow("direct").stream().anyMatch(QemuValue.mayBeOn())
        || image.allBelow("cache").stream().anyMatch(DIRECT_CACHES::contains)) {
      return OutsideParts.directObstacle();
    }
    for (String key : Set.of("driver", "format")) {
      for (String driver : image.allBelow(key)) {
        if (!OutsideParts.imageObstacle(driver).isEmpty()) {
          return OutsideParts.imageObstacle(driver);
        }
      }
    }
    for (String key : Set.of("file", "filename", "backing")) {
      for (String file : image.allBelow(key)) {
        if (!fileObstacle(file).isEmpty()) {
          return fileObstacle(file);
        }
      }
    }
    return "";
  }

  /** On each level that speaks of it, in each of its spellings, and at the top. */
  private static boolean isReadOnly(QemuValue image) {
    boolean isTop =
        image.isOn("readonly") || image.isOn("read-only") || "cdrom".equals(image.last("media"));
    return isTop
        && image.allBelow("read-only").stream().allMatch(QemuValue::isYes)
        && image.allBelow("readonly").stream().allMatch(QemuValue::isYes);
  }

  /** Of a name of a file, which may begin with a protocol; or empty. */
  static String fileObstacle(String file) {
    int colon = file.indexOf(':');
    int slash = file.indexOf('/');
    boolean hasProtocol = colon > 0 && (slash < 0 || colon < slash);
    if (hasProtocol && !PROTOCOLS.contains(file.substring(0, colon))) {
      return "what '"
          + file.substring(0, colon)
          + ":' leads to is not the same on both nodes: use an image file that both have";
    }
    if (file.startsWith("/dev/") || file.startsWith("file:/dev/")) {
      return "a device of this host cannot move to the other one: use an image file that both have";
    }
    return "";
  }
}
