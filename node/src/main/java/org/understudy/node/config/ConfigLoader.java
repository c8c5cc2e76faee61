package org.understudy.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads a node's file: its own settings over the defaults of {@code reference.conf}. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * Reads and validates.
   *
   * @param file the node's file
   * @param overrides {@code key=value}, stronger than the file
   * @throws ConfigError naming key, value and remedy
   */
  public static NodeConfig load(Path file, List<String> overrides) {
    if (!Files.isReadable(file)) {
      throw new ConfigError(
          "configuration file " + file + " cannot be read: check its path and its permissions");
    }
    return parse(file.toString(), () -> ConfigFactory.parseFile(file.toFile(), hocon()), overrides);
  }

  /** Reads and validates a configuration given as text, for tests and the demo. */
  public static NodeConfig parse(String text) {
    return parse("text", () -> ConfigFactory.parseString(text, hocon()), List.of());
  }

  /** The defaults, with {@link SettingReader#REQUIRED} where there is none. */
  static Config reference() {
    return ConfigFactory.parseResources(ConfigLoader.class, "/reference.conf").resolve();
  }

  private interface Source {
    Config read();
  }

  private static NodeConfig parse(String name, Source source, List<String> overrides) {
    Config reference = reference();
    try {
      Config file = overridden(source.read().resolve(), reference, overrides, true);
      Config ofNode = NodesSection.ofSelf(file, reference);
      Config own = overridden(ofNode, reference, overrides, false);
      UnknownKeys.check(own, reference);
      return ConfigReader.read(new SettingReader(own.withFallback(reference)));
    } catch (ConfigException e) {
      throw new ConfigError("configuration " + name + ": " + e.getMessage());
    } catch (ConfigError e) {
      throw new ConfigError("configuration " + name + ": " + e.getMessage());
    }
  }

  /** Which node this is has to be known before the rest: what that concerns may be its alone. */
  private static Config overridden(
      Config file, Config reference, List<String> overrides, boolean isOfSelf) {
    Config result = file;
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new ConfigError("--set " + override + ": write KEY=VALUE");
      }
      String key = override.substring(0, equals).strip();
      String value = override.substring(equals + 1).strip();
      if (NodesSection.isSelf(key) != isOfSelf) {
        continue;
      }
      try {
        result = result.withValue(key, valueOf(reference, key, value));
      } catch (ConfigException e) {
        throw new ConfigError("--set " + override + ": " + e.getMessage());
      }
    }
    return result;
  }

  /**
   * A value of the command line is the text that stands there: a path may hold {@code //}, a name a
   * {@code #}, an endpoint a colon. Only lists and groups, and what stands in quotes, are read as
   * in a file.
   */
  private static ConfigValue valueOf(Config reference, String key, String value) {
    boolean isQuoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    boolean isText =
        !reference.hasPath(key)
            || reference.getValue(key).valueType() != ConfigValueType.LIST
                && reference.getValue(key).valueType() != ConfigValueType.OBJECT;
    return isText && !isQuoted
        ? ConfigValueFactory.fromAnyRef(value, "--set " + key)
        : ConfigFactory.parseString("value = " + value, hocon()).resolve().getValue("value");
  }

  private static ConfigParseOptions hocon() {
    return ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF);
  }
}
