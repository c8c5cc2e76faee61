package org.understudy.vm.qemu.extra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The value of one option, taken apart as QEMU does it: {@code a=b,c.d=e} or JSON. A comma in a
 * value is written twice; a name without a value is a flag, and one that begins with {@code no} a
 * flag that is off; the first may stand without its name. Each key keeps all of its values, since
 * which of them counts is QEMU's affair: a rule has to hold for each.
 */
public final class QemuValue {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> TRUE = Set.of("on", "yes", "true", "y");

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private QemuValue() {}

  /**
   * Takes a value apart.
   *
   * @param impliedKey name of a first value that stands without one; empty where there is none
   * @throws IllegalArgumentException for JSON that is none
   */
  public static QemuValue of(String text, String impliedKey) {
    QemuValue value = new QemuValue();
    if (text.startsWith("{")) {
      value.addJson("", json(text));
    } else {
      value.addPairs(text, impliedKey);
    }
    return value;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private void addJson(String key, JsonNode node) {
    if (node.isValueNode()) {
      put(key, node.asText());
      return;
    }
    String prefix = key.isEmpty() ? "" : key + ".";
    int index = 0;
    for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
      addJson(prefix + index++, element);
    }
    node.properties().forEach(entry -> addJson(prefix + entry.getKey(), entry.getValue()));
  }

  private void addPairs(String text, String impliedKey) {
    for (int at = 0; at < text.length(); ) {
      int nameEnd = at;
      while (nameEnd < text.length() && "=,".indexOf(text.charAt(nameEnd)) < 0) {
        nameEnd++;
      }
      boolean isNamed = nameEnd < text.length() && text.charAt(nameEnd) == '=';
      StringBuilder value = new StringBuilder();
      int end = readValue(text, isNamed ? nameEnd + 1 : at, value);
      if (isNamed) {
        put(text.substring(at, nameEnd), value.toString());
      } else if (at == 0 && !impliedKey.isEmpty()) {
        put(impliedKey, value.toString());
      } else {
        putFlag(value.toString());
      }
      at = end + 1;
    }
  }

  /** Reads up to a single comma, and says where that is. */
  private static int readValue(String text, int from, StringBuilder into) {
    int at = from;
    while (at < text.length()) {
      if (text.charAt(at) == ',') {
        if (at + 1 == text.length() || text.charAt(at + 1) != ',') {
          break;
        }
        at++;
      }
      into.append(text.charAt(at++));
    }
    return at;
  }

  private void putFlag(String name) {
    put(name, "on");
    if (name.startsWith("no")) {
      put(name.substring(2), "off");
    }
  }

  private void put(String key, String value) {
    values.computeIfAbsent(key, ignored -> new ArrayList<>()).add(value);
  }

  /** All values of a key; none where it is not there. */
  public List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** The value of a key that QEMU would take; empty where it is not there. */
  public String last(String key) {
    List<String> all = all(key);
    return all.isEmpty() ? "" : all.getLast();
  }

  /** All values of the keys whose last part is this: {@code driver} and {@code file.driver}. */
  public List<String> allBelow(String lastPart) {
    List<String> found = new ArrayList<>();
    values.forEach((key, all) -> {
      if (key.equals(lastPart) || key.endsWith("." + lastPart)) {
        found.addAll(all);
      }
    });
    return found;
  }

  /** Whether a key is there and each of its values says yes. */
  public boolean isOn(String key) {
    return !all(key).isEmpty() && all(key).stream().allMatch(TRUE::contains);
  }

  /** Whether a value says yes, or what cannot be told from it. */
  static Predicate<String> mayBeOn() {
    return value -> !Set.of("off", "no", "false", "n").contains(value);
  }

  /** Whether a value says yes. */
  static boolean isYes(String value) {
    return TRUE.contains(value);
  }
}
