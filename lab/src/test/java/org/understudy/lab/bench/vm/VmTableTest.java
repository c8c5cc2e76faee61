package org.understudy.lab.bench.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.node.program.UserError;

class VmTableTest {
  private static VmTable table() {
    VmTable table = new VmTable("pause", "fixed epochs");
    table.line("idle").put("pauseP50Us", 1_234.5);
    Map<String, Object> dirty = table.line("dirty");
    dirty.put("epochs", 1_000L);
    dirty.put("pausePartsUs", Map.of("state", 0.5));
    return table;
  }

  @Test
  void shouldLeaveCellsEmptyThatALineDoesNotHave() {
    assertThat(table().text())
        .contains("| of | pauseP50Us | epochs | pausePartsUs |")
        .contains("| idle | 1,23")
        .contains("| dirty |  | 1,000 | state 0.50 |");
  }

  @Test
  void shouldGiveTheSameAsJson() throws Exception {
    JsonNode json = new ObjectMapper().readTree(VmTable.json(List.of(table()), "tcg"));

    assertThat(json.at("/accelerator").asText()).isEqualTo("tcg");
    assertThat(json.at("/pause/lines/0/pauseP50Us").asDouble()).isEqualTo(1_234.5);
    assertThat(json.at("/pause/lines/1/pausePartsUs/state").asDouble()).isEqualTo(0.5);
  }

  @Test
  void shouldNameTheRowsThatThereAre() {
    assertThat(VmRow.of("wire")).isEqualTo(VmRow.WIRE);
    assertThatThrownBy(() -> VmRow.of("disk"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("pause, redis, cpu, wire, endurance");
  }
}
