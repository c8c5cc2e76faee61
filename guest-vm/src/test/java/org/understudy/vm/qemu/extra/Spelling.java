package org.understudy.vm.qemu.extra;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One option of QEMU, written in one of the many ways that QEMU takes for the same. */
final class Spelling {
  private final Random random;

  Spelling(Random random) {
    this.random = random;
  }

  String dashed(String name) {
    return (random.nextBoolean() ? "-" : "--") + name;
  }

  String on() {
    return pick("on", "yes", "true", "y");
  }

  String off() {
    return pick("off", "no", "false", "n");
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /**
   * Pairs in any order.
   *
   * @param implied key whose value may stand first without it; empty where there is none
   * @param mayBeJson whether this option takes JSON as well
   */
  String value(Map<String, String> pairs, String implied, boolean mayBeJson) {
    return mayBeJson && random.nextInt(3) == 0 ? json(pairs) : keys(pairs, implied);
  }

  private String keys(Map<String, String> pairs, String implied) {
    List<Map.Entry<String, String>> order = new ArrayList<>(pairs.entrySet());
    Collections.shuffle(order, random);
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, String> pair : order) {
      String value = pair.getValue().replace(",", ",,");
      if (pair.getKey().equals(implied) && random.nextBoolean()) {
        words.addFirst(value);
      } else {
        words.add(pair.getKey() + "=" + value);
      }
    }
    // A value without its key counts as such in the first place only.
    return String.join(",", words);
  }

  private String json(Map<String, String> pairs) {
    Map<String, Object> tree = new TreeMap<>();
    pairs.forEach((key, value) -> put(tree, key, value));
    return text(tree);
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> tree, String key, String value) {
    int dot = key.indexOf('.');
    if (dot < 0) {
      tree.put(key, value);
    } else {
      Map<String, Object> below =
          (Map<String, Object>)
              tree.computeIfAbsent(key.substring(0, dot), ignored -> new TreeMap<String, Object>());
      put(below, key.substring(dot + 1), value);
    }
  }

  private static String text(Object value) {
    if (value instanceof Map<?, ?> tree) {
      return tree.entrySet().stream()
          .map(entry -> "\"" + entry.getKey() + "\":" + text(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    String plain = value.toString();
    boolean isFlag = plain.equals("true") || plain.equals("false");
    return isFlag ? plain : "\"" + plain.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
