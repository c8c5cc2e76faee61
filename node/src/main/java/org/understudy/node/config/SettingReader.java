package org.understudy.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Typed values with errors that name key, value and remedy. */
final class SettingReader {
  /** Stands in {@code reference.conf} for a value that has no default. */
  static final String REQUIRED = "(required)";

  private static final String AUTO = "auto";

  private static final ConfigRenderOptions CONCISE = ConfigRenderOptions.concise();

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

  /** A path: one from a file is relative to that file, one from the command line to the caller. */
  Path path(String key) {
    return path(key, text(key));
  }

  /** A path that stands somewhere in the value of a key. */
  Path path(String key, String text) {
    Path path = Path.of(text);
    String file = config.getValue(key).origin().filename();
    Path parent = file == null ? null : Path.of(file).toAbsolutePath().getParent();
    return (parent == null ? path : parent.resolve(path)).toAbsolutePath().normalize();
  }

  /** A path that may be missing, which is an empty text then. */
  String optionalPath(String key) {
    return optional(key).isEmpty() ? "" : path(key).toString();
  }

  /** A text that may be empty. */
  String optional(String key) {
    return config.hasPath(key) ? config.getString(key).strip() : "";
  }

  /** Whether there is a value: a required one may be missing where it means nothing. */
  boolean isGiven(String key) {
    String value = optional(key);
    return !value.isEmpty() && !value.equals(REQUIRED);
  }

  List<String> texts(String key) {
    return typed(key, "a list of texts, for example [a, b]", () -> config.getStringList(key));
  }

  List<Integer> counts(String key) {
    return typed(key, "a list of numbers, for example [2, 3]", () -> config.getIntList(key));
  }

  /** A size in a group of a list. */
  static long sizeOf(String what, String text) {
    Config group = ConfigFactory.parseMap(Map.of("size", text));
    try {
      return new SettingReader(group).sizeBytes("size");
    } catch (ConfigError e) {
      throw new ConfigError(what + ": " + e.getMessage());
    }
  }

  /** A list of groups, each with these keys. */
  List<Map<String, String>> groups(String key, List<String> keys, List<String> optional) {
    String expected = "a list of groups with the keys " + String.join(", ", keys);
    List<Map<String, String>> groups = new ArrayList<>();
    for (Config group : typed(key, expected, () -> config.getConfigList(key))) {
      Map<String, String> values = new LinkedHashMap<>();
      group.root().unwrapped().forEach((name, value) -> values.put(name, String.valueOf(value)));
      Set<String> allowed = new HashSet<>(keys);
      allowed.addAll(optional);
      if (!values.keySet().containsAll(keys) || !allowed.containsAll(values.keySet())) {
        throw new ConfigError(
            key + " has a group with " + values.keySet() + ", must be " + expected);
      }
      groups.add(values);
    }
    return groups;
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
    try {
      return value.get();
    } catch (ConfigException | ArithmeticException e) {
      throw new ConfigError(key + " = " + shown(key) + " must be " + expected);
    }
  }

  private String shown(String key) {
    ConfigValue value = config.getValue(key);
    return value.valueType() == ConfigValueType.STRING
        ? String.valueOf(value.unwrapped())
        : value.render(CONCISE);
  }
}
