package org.understudy.node.config;

import java.util.Locale;

/** Durations and sizes as a person writes them. */
public final class Units {
  private static final String[] TIMES = {"ns", "us", "ms", "s"};
  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Units() {}

  /** Nanoseconds in the largest unit that keeps them exact, for example {@code 1500 ms}. */
  public static String duration(long ns) {
    return exact(ns, 1000, TIMES);
  }

  /** Bytes in the largest unit that keeps them exact, for example {@code 64 MiB}. */
  public static String size(long bytes) {
    return exact(bytes, 1024, SIZES);
  }

  /** Bytes rounded for reading, for example {@code 12.3 MiB}. */
  public static String roughSize(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1024 && unit < SIZES.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, SIZES[unit]);
  }

  private static String exact(long value, int step, String[] units) {
    int unit = 0;
    long rest = value;
    while (rest != 0 && rest % step == 0 && unit < units.length - 1) {
      rest /= step;
      unit++;
    }
    return rest + " " + units[unit];
  }
}
