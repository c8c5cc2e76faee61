package org.understudy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The diagrams of docs/safety.md show exactly the transitions that the tables allow. */
class StateDiagramTest {
  private static final Path DOCUMENT = Path.of("../docs/safety.md");
  private static final Pattern EDGE = Pattern.compile("\\s*([A-Z_]+) --> ([A-Z_]+)(:.*)?");

  @Test
  void shouldShowEveryTransitionOfAPrimaryAndNoOther() throws IOException {
    assertThat(edgesUnder("## Primary"))
        .containsExactlyInAnyOrderElementsOf(Transitions.ofPrimary().all());
  }

  @Test
  void shouldShowEveryTransitionOfABackupAndNoOther() throws IOException {
    assertThat(edgesUnder("## Backup"))
        .containsExactlyInAnyOrderElementsOf(Transitions.ofBackup().all());
  }

  private static List<String> edgesUnder(String title) throws IOException {
    List<String> edges = new ArrayList<>();
    boolean here = false;
    for (String line : Files.readAllLines(DOCUMENT)) {
      here = line.startsWith("## ") ? line.equals(title) : here;
      Matcher edge = EDGE.matcher(line);
      if (here && edge.matches()) {
        edges.add(edge.group(1) + " -> " + edge.group(2));
      }
    }
    return edges;
  }
}
