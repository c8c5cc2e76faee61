package org.understudy.vm.disk.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Formats of disk images that are not raw, by what they begin with. Served as raw, such a file
 * shows the guest the image's tables instead of its disk, and the guest would write over them.
 *
 * <p>LUKS is not among them: a guest that encrypts a whole disk leaves the same beginning.
 */
public enum ImageFormat {
  /** QEMU's own, all versions. */
  QCOW2("QFI\u00fb"),
  /** QEMU's enhanced. */
  QED("QED\0"),
  /** VMware's sparse extents. */
  VMDK("KDMV", "COWD", "# Disk DescriptorFile"),
  /** VirtualBox's: the signature follows a text of any length up to 64 bytes. */
  VDI,
  /** Hyper-V's. */
  VHDX("vhdxfile"),
  /** Hyper-V's older one, but for those of a fixed size, which begin as raw ones do. */
  VPC("conectix"),
  /** Parallels'. */
  PARALLELS("WithoutFreeSpace", "WithouFreSpacExt"),
  /** Bochs's. */
  BOCHS("Bochs Virtual HD Image");

  private static final int HEAD_BYTES = 512;
  private static final int VDI_SIGNATURE_AT = 64;
  private static final String VDI_SIGNATURE = "\u007f\u0010\u00da\u00be";
  private static final Map<String, ImageFormat> BEGINNINGS = new TreeMap<>();

  private final String[] beginnings;

  static {
    for (ImageFormat format : values()) {
      for (String beginning : format.beginnings) {
        BEGINNINGS.put(beginning, format);
      }
    }
  }

  ImageFormat(String... beginnings) {
    this.beginnings = beginnings;
  }

  /**
   * Refuses a disk that is an image of another format.
   *
   * @throws IOException naming the format, and how to make a raw disk of it
   */
  public static void requireRaw(DiskFile disk) throws IOException {
    ImageFormat format = of(disk);
    if (format != null) {
      String name = format.name().toLowerCase(java.util.Locale.ROOT);
      throw new IOException(
          "disk %s is a %s image, and a node serves raw files: on the primary convert it (qemu-img"
                  .formatted(disk.path(), name)
              + " convert -f %s -O raw %s NEW.img) and name that in vm.disks; on the backup"
                  .formatted(name, disk.path())
              + " remove it, the first copy makes the disk");
    }
  }

  /** What the disk is an image of; null for a raw one. */
  static ImageFormat of(DiskStore disk) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(HEAD_BYTES, disk.sizeBytes()));
    disk.read(0, head);
    String text = new String(head.array(), StandardCharsets.ISO_8859_1);
    if (text.startsWith(VDI_SIGNATURE, VDI_SIGNATURE_AT)) {
      return VDI;
    }
    return BEGINNINGS.entrySet().stream()
        .filter(beginning -> text.startsWith(beginning.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
