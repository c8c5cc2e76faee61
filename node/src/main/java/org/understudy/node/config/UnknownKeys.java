package org.understudy.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Refuses keys that no setting has, and says which one was probably meant. */
final class UnknownKeys {
  private UnknownKeys() {}

  static void check(Config own, Config reference) {
    Set<String> known = paths(reference.root());
    for (String key : paths(own.root())) {
      if (!known.contains(key)) {
        throw new ConfigError("unknown key '" + key + "': " + advice(key, known));
      }
    }
  }

  /** Dotted paths of all leaves, null values included. */
  static Set<String> paths(ConfigObject root) {
    Set<String> paths = new TreeSet<>();
    collect("", root, paths);
    return paths;
  }

  private static void collect(String prefix, ConfigObject object, Collection<String> paths) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      String path = prefix + entry.getKey();
      if (entry.getValue() instanceof ConfigObject child && !child.isEmpty()) {
        collect(path + ".", child, paths);
      } else {
        paths.add(path);
      }
    }
  }

  private static String advice(String key, Set<String> known) {
    String group = key + ".";
    if (known.stream().anyMatch(path -> path.startsWith(group))) {
      return "it is a group; its keys are "
          + String.join(", ", known.stream().filter(path -> path.startsWith(group)).toList());
    }
    String nearest =
        known.stream().min(Comparator.comparingInt(path -> distance(path, key))).orElseThrow();
    return "did you mean '" + nearest + "'? (docs/configuration.md lists all keys)";
  }

  /** Levenshtein distance, without regard to case. */
  static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        char a = Character.toLowerCase(left.charAt(i - 1));
        char b = Character.toLowerCase(right.charAt(j - 1));
        int replaced = diagonal + (a == b ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }
}
