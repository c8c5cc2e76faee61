package org.understudy.lab.vm;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads back what the guest's disk writer has left in the file of a disk: record n at sector n
 * modulo the number of sectors, each written after the one before was on the disk. So there must be
 * all of them up to the last one.
 *
 * @param last number of the last record; -1 if there is none
 * @param holes records before it that are not there
 * @param damaged sectors that hold something else
 * @param findings the first of both, one line each
 */
record DiskSequence(long last, long holes, long damaged, List<String> findings) {
  private static final int SECTOR = 512;
  private static final int MAX_FINDINGS = 10;
  private static final long NONE = -1;
  private static final long DAMAGED = -2;
  private static final Pattern RECORD =
      Pattern.compile("understudy-record (\\d{20}) ([0-9a-f-]{36}) +\\n");

  /** Reads a raw file. */
  static DiskSequence read(Path file, String bootId) throws IOException {
    int sectors = Math.toIntExact(Files.size(file) / SECTOR);
    long[] found = new long[sectors];
    try (InputStream in = Files.newInputStream(file);
        DataInputStream data = new DataInputStream(new java.io.BufferedInputStream(in, 1 << 20))) {
      byte[] sector = new byte[SECTOR];
      for (int i = 0; i < sectors; i++) {
        data.readFully(sector);
        found[i] = parse(sector, bootId, i, sectors);
      }
    } catch (EOFException e) {
      throw new IOException(file + " became shorter while it was read", e);
    }
    return judge(found);
  }

  private static long parse(byte[] sector, String bootId, int index, int sectors) {
    if (isZero(sector)) {
      return NONE;
    }
    Matcher record = RECORD.matcher(new String(sector, StandardCharsets.ISO_8859_1));
    if (!record.matches() || !record.group(2).equals(bootId)) {
      return DAMAGED;
    }
    long number = Long.parseLong(record.group(1));
    return number % sectors == index ? number : DAMAGED;
  }

  private static boolean isZero(byte[] sector) {
    for (byte value : sector) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static DiskSequence judge(long[] found) {
    long last = NONE;
    for (long number : found) {
      last = Math.max(last, number);
    }
    long holes = 0;
    long damaged = 0;
    List<String> findings = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      long expected = expected(last, i, found.length);
      if (found[i] == expected) {
        continue;
      }
      String what = found[i] == DAMAGED ? "no record" : "record " + found[i];
      damaged += found[i] == DAMAGED ? 1 : 0;
      holes += found[i] == DAMAGED ? 0 : 1;
      if (findings.size() < MAX_FINDINGS) {
        findings.add("sector " + i + " holds " + what + ", not record " + expected);
      }
    }
    return new DiskSequence(last, holes, damaged, List.copyOf(findings));
  }

  /** The newest record up to the last one that belongs to a sector. */
  private static long expected(long last, int sector, int sectors) {
    if (last < sector) {
      return NONE;
    }
    return last - (last - sector) % sectors;
  }
}
