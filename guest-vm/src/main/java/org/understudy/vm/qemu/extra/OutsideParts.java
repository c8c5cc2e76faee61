package org.understudy.vm.qemu.extra;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parts of a machine that cannot be protected, by QEMU's names of them. One set of rules for what a
 * config asks for and for what a machine has that something else started.
 */
public final class OutsideParts {
  private record Kind(Pattern names, String reason) {
    Kind(String names, String reason) {
      this(Pattern.compile(names), reason);
    }
  }

  private static final String TAKE_OUT = ": take it out";

  private static final List<Kind> DEVICES =
      List.of(
          new Kind(
              "vhost-.*|vhost|.*vdpa.*|ivshmem.*|pvrdma|vfio.*|igd-.*",
              "others write guest memory past QEMU, unseen by the dirty tracker" + TAKE_OUT),
          new Kind(
              ".*pci-assign|.*passthr.*|usb-host|scsi-(generic|block)|iommufd.*",
              "a device of this host cannot move to the other one" + TAKE_OUT),
          new Kind(
              "virtio-9p.*|.*-9p-.*|usb-mtp|virtio-fs.*",
              "a folder of this host is in no epoch: share it over the guest's network"),
          new Kind(
              ".*balloon.*|virtio-mem.*|virtio-pmem.*|pc-dimm|nvdimm|.*-dimm|sgx-epc|cxl-.*",
              "guest memory comes and goes, or lies, where the dirty tracker does not look: all of"
                  + " it is guest.memory"),
          new Kind(
              "tpm-.*|virtio-crypto.*|.*remote.*|x-pci-proxy.*|ipmi-bmc-extern|usb-redir"
                  + "|xen-.*|.*-gl(-.*)?|.*rutabaga.*",
              "part of its state is outside of QEMU, and in no epoch" + TAKE_OUT));

  private static final List<Kind> OBJECTS =
      List.of(
          new Kind(
              "cryptodev-.*|vhost-user-.*|x-.*|dbus-vmstate|tpm-.*",
              "part of the machine's state would be outside of QEMU, and in no epoch" + TAKE_OUT),
          new Kind(
              "can-host-.*|pr-manager-.*|iommufd|input-linux|input-barrier",
              "a device of this host cannot move to the other one" + TAKE_OUT),
          new Kind(
              "sev-.*|tdx-.*|s390-pv-guest",
              "encrypted memory cannot be copied by a node" + TAKE_OUT));

  /** Drivers of images that read the same on both nodes as long as nobody writes them. */
  private static final Set<String> IMAGE_DRIVERS =
      Set.of(
          "file",
          "raw",
          "qcow",
          "qcow2",
          "qed",
          "vmdk",
          "vdi",
          "vhdx",
          "vpc",
          "luks",
          "parallels",
          "bochs",
          "cloop",
          "dmg",
          "null-co",
          "null-aio",
          "nbd",
          "http",
          "https",
          "iscsi",
          "rbd",
          "ssh",
          "nfs");

  private OutsideParts() {}

  /** Why a device of this type cannot be protected, with the remedy; empty where it can. */
  public static String deviceObstacle(String type) {
    return obstacle(DEVICES, type);
  }

  /** Why an object of this type, no device, cannot be protected; empty where it can. */
  public static String objectObstacle(String type) {
    return obstacle(OBJECTS, type);
  }

  private static String obstacle(List<Kind> kinds, String type) {
    String name = type.toLowerCase(Locale.ROOT);
    return kinds.stream()
        .filter(kind -> kind.names().matcher(name).matches())
        .map(Kind::reason)
        .findFirst()
        .orElse("");
  }

  /** Why an image that is only read cannot be of this driver; empty where it can. */
  public static String imageObstacle(String driver) {
    return IMAGE_DRIVERS.contains(driver)
        ? ""
        : "the block driver " + driver + " may show another content on the other node: use a file";
  }

  /** Why nothing is read past the host's cache. */
  public static String directObstacle() {
    return "the kernel would write guest memory past QEMU: use cache.direct=off";
  }
}
