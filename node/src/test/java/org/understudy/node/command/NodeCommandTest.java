package org.understudy.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeCommandTest {
  @Test
  void shouldRepeatNothingThatWasSaidForOneStartWhenItStartsAnew() {
    assertThat(
            NodeCommand.withoutOrders(
                List.of(
                    "java",
                    "-Xmx1g",
                    "Main",
                    "node",
                    "--start-as",
                    "primary",
                    "--config",
                    "a.conf",
                    "--start-empty",
                    "--start-as=backup",
                    "--set",
                    "node.pair=x")))
        .containsExactly(
            "java", "-Xmx1g", "Main", "node", "--config", "a.conf", "--set", "node.pair=x");
  }
}
