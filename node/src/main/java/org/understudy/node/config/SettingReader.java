package org.understudy.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.Arrays;
import java.util.Locale;

/** Typed values with errors that name key, value and remedy. */
final class SettingReader {
  /** Stands in {@code reference.conf} for a value that has no default. */
  static final String REQUIRED = "(required)";

  private static final String AUTO = "auto";

  private final Config config;

  SettingReader(Config config) {
    this.config = config;
  }

  String text(String key) {
    String value = config.hasPath(key) ? config.getString(key).strip() : "";
    if (value.isEmpty() || value.equals(REQUIRED)) {
      throw new ConfigError(key + " is missing: it has no default");
    }
    return value;
  }

  boolean isAuto(String key) {
    return text(key).equalsIgnoreCase(AUTO);
  }

  boolean flag(String key) {
    return typed(key, "true or false", () -> config.getBoolean(key));
  }

  int count(String key) {
    return typed(key, "a whole number", () -> config.getInt(key));
  }

  long durationNs(String key) {
    requireUnit(key, "a duration with its unit, for example 10 ms");
    long ns =
        typed(
            key,
            "a duration with its unit, for example 10 ms",
            () -> config.getDuration(key).toNanos());
    if (ns <= 0) {
      throw new ConfigError(key + " = " + text(key) + " must be longer than nothing");
    }
    return ns;
  }

  long sizeBytes(String key) {
    requireUnit(key, "a size with its unit, for example 64 MiB");
    return typed(key, "a size with its unit, for example 64 MiB", () -> config.getBytes(key));
  }

  long sizeOrAuto(String key) {
    return isAuto(key) ? NodeConfig.AUTO : sizeBytes(key);
  }

  Endpoint endpoint(String key) {
    return Endpoint.parse(key, text(key));
  }

  <E extends Enum<E>> E choice(String key, Class<E> type) {
    String value = text(key);
    for (E candidate : type.getEnumConstants()) {
      if (candidate.name().equalsIgnoreCase(value)) {
        return candidate;
      }
    }
    String choices = Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
    throw new ConfigError(key + " = " + value + " is unknown: use one of " + choices);
  }

  /** A bare number would silently mean milliseconds or bytes. */
  private void requireUnit(String key, String expected) {
    String value = text(key);
    if (Character.isDigit(value.charAt(value.length() - 1))) {
      throw new ConfigError(key + " = " + value + " must be " + expected);
    }
  }

  private interface Value<T> {
    T get();
  }

  private <T> T typed(String key, String expected, Value<T> value) {
    String text = text(key);
    try {
      return value.get();
    } catch (ConfigException | ArithmeticException e) {
      throw new ConfigError(key + " = " + text + " must be " + expected);
    }
  }
}
