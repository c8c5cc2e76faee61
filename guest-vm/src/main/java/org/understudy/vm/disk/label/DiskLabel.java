package org.understudy.vm.disk.label;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The disk record of the safety rules, written beside each disk's file: which register's guest it
 * belongs to and how far it is.
 *
 * @param registerId the register of the pair
 * @param disk number of the disk among the guest's
 * @param sizeBytes size of the disk
 * @param generation generation of the register in which the file was last written
 * @param epoch last committed epoch that the file is known to have
 * @param state whether it may have more
 */
public record DiskLabel(
    long registerId, int disk, long sizeBytes, long generation, long epoch, DiskState state) {
  private static final Pattern TEXT =
      Pattern.compile(
          "understudy-disk 1\nregister ([0-9a-f]{16})\ndisk (\\d{1,3})\nsize (\\d{1,18})\n"
              + "generation (\\d{1,18})\nepoch (-?\\d{1,18})\nstate (clean|ahead)\n"
              + "crc32c ([0-9a-f]{8})\n");
  private static final int SIZE = 3;
  private static final int GENERATION = 4;
  private static final int EPOCH = 5;
  private static final int STATE = 6;

  /** The text of the file. */
  byte[] encode() {
    String body =
        String.format(
            Locale.ROOT,
            "understudy-disk 1\nregister %016x\ndisk %d\nsize %d\ngeneration %d\nepoch %d\nstate %s\n",
            registerId,
            disk,
            sizeBytes,
            generation,
            epoch,
            state.name().toLowerCase(Locale.ROOT));
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    String whole = body + String.format(Locale.ROOT, "crc32c %08x\n", crc.getValue());
    return whole.getBytes(StandardCharsets.US_ASCII);
  }

  /** The label of a text; null for one that {@link #encode} would not have written. */
  static DiskLabel decode(byte[] bytes) {
    Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!text.matches()) {
      return null;
    }
    DiskLabel label =
        new DiskLabel(
            Long.parseUnsignedLong(text.group(1), 16),
            Integer.parseInt(text.group(2)),
            Long.parseLong(text.group(SIZE)),
            Long.parseLong(text.group(GENERATION)),
            Long.parseLong(text.group(EPOCH)),
            DiskState.valueOf(text.group(STATE).toUpperCase(Locale.ROOT)));
    return java.util.Arrays.equals(label.encode(), bytes) ? label : null;
  }

  /** The record of this disk at another generation and epoch. */
  public DiskLabel at(long newGeneration, long newEpoch, DiskState newState) {
    return new DiskLabel(registerId, disk, sizeBytes, newGeneration, newEpoch, newState);
  }

  /**
   * Why a guest may not run on the file, though the register names this node in that generation;
   * null if it may. Such a file is only a base for a new copy.
   */
  public String obstacleToRun(long registerGeneration) {
    if (generation == registerGeneration) {
      return null;
    }
    return "disk "
        + disk
        + " was last written in generation "
        + generation
        + ", the register is at "
        + registerGeneration
        + ": it is only a base for a new copy";
  }
}
