package org.understudy.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.understudy.node.status.NodeState;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusSamples;

class NodeMetricsTest {
  private static final Path DOCUMENT = Path.of("../docs/metrics.md");

  private static MetricRegistry registry() {
    NodeStatus status = StatusSamples.full();
    return NodeMetrics.registry(() -> status, List.of("words"));
  }

  private static List<String> constants() throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Field field : MetricNames.class.getFields()) {
      names.add((String) field.get(null));
    }
    return names;
  }

  @Test
  void shouldDocumentEveryNameWhenComparedWithTheConstants() throws Exception {
    Set<String> documented = new TreeSet<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      if (line.startsWith("| `")) {
        documented.add(line.substring(3, line.indexOf('`', 3)).replace(".CLASS", "."));
      }
    }
    assertThat(documented).containsExactlyInAnyOrderElementsOf(constants());
  }

  @Test
  void shouldDocumentTheNumberOfEveryState() throws IOException {
    String document = Files.readString(DOCUMENT);
    for (NodeState state : NodeState.values()) {
      assertThat(document).contains(state.ordinal() + " " + state.word());
    }
  }

  @Test
  void shouldRegisterEveryConstant() throws Exception {
    Set<String> registered = registry().getNames();
    for (String name : constants()) {
      assertThat(registered).anyMatch(key -> key.startsWith(name));
    }
    assertThat(registered)
        .allMatch(key -> !key.contains("CLASS"))
        .contains("understudy.wire.bytes.words", "understudy.pause.us.p99");
  }

  @Test
  void shouldShowTheStatusWhenRead() {
    MetricRegistry registry = registry();
    assertThat(value(registry, MetricNames.STATE)).isEqualTo((long) NodeState.SOLO.ordinal());
    assertThat(value(registry, MetricNames.PAUSE_US + ".p99")).isEqualTo(99.0);
    assertThat(value(registry, MetricNames.WIRE_CLASS_BYTES + "words")).isEqualTo(70L);
    assertThat(value(registry, MetricNames.TAKEOVER_CLAIM_US)).isEqualTo(5L);
    assertThat(registry.getGauges().values()).allSatisfy(g -> assertThat(g.getValue()).isNotNull());
  }

  private static Object value(MetricRegistry registry, String name) {
    Gauge<?> gauge = registry.getGauges().get(name);
    return gauge.getValue();
  }
}
