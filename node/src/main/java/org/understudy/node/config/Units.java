package org.understudy.node.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.Locale;
import java.util.Map;

/** Durations and sizes as a person writes them. */
public final class Units {
  private static final String[] TIMES = {"ns", "us", "ms", "s"};
  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Units() {}

  /**
   * Nanoseconds of a duration with its unit.
   *
   * @throws ConfigError naming the option
   */
  public static long parseDuration(String option, String text) {
    try {
      String value = text.strip();
      if (!value.isEmpty() && !Character.isDigit(value.charAt(value.length() - 1))) {
        return ConfigFactory.parseMap(Map.of("v", value)).getDuration("v").toNanos();
      }
    } catch (ConfigException | ArithmeticException e) {
      // reported below
    }
    throw new ConfigError(option + " " + text + ": write a duration with its unit, as in 5ms");
  }

  /**
   * Bytes of a size with its unit.
   *
   * @throws ConfigError naming the option
   */
  public static long parseSize(String option, String text) {
    try {
      return ConfigFactory.parseMap(Map.of("v", text)).getBytes("v");
    } catch (ConfigException e) {
      throw new ConfigError(option + " " + text + ": write a size with its unit, as in 256MiB");
    }
  }

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
