package org.understudy.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.understudy.node.program.ExitCode;

class ConfigurationDocumentTest {
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| `?([^`|]+?)`? \\| .*");

  @Test
  void shouldListEveryKeyWithItsDefaultWhenComparedWithTheReference() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && !row.group(2).contains(" page") && !isPreset(row.group(1))) {
        documented.put(row.group(1), row.group(2));
      }
    }
    Config reference = ConfigLoader.reference();
    Map<String, String> expected = new TreeMap<>();
    for (String key : UnknownKeys.paths(reference.root())) {
      Object plain = reference.getValue(key).unwrapped();
      String value = plain.equals("") ? "empty" : String.valueOf(plain);
      expected.put(key, value.equals(SettingReader.REQUIRED) ? "required" : value);
    }
    assertThat(documented).isEqualTo(expected);
  }

  private static boolean isPreset(String name) {
    return java.util.Arrays.stream(Preset.values()).anyMatch(preset -> preset.name().equals(name));
  }

  @Test
  void shouldListEveryPreset() throws IOException {
    String document = Files.readString(Path.of("../docs/configuration.md"));
    for (Preset preset : Preset.values()) {
      assertThat(document).contains("| `" + preset.name() + "` |");
    }
  }

  @Test
  void shouldListEveryExitCode() throws Exception {
    String document = Files.readString(Path.of("../docs/operations.md"));
    for (java.lang.reflect.Field code : ExitCode.class.getFields()) {
      assertThat(document).contains("\n| " + code.getInt(null) + " |");
    }
  }
}
