package org.understudy.simulation.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UnifiedDiffTest {
  private static final UnifiedDiff DIFF =
      UnifiedDiff.parse(
          List.of(
              "--- a/m/A.java", "+++ b/m/A.java", "@@ -2,3 +2,3 @@", " b", "-c", "+C", " ", " e"));

  @Test
  void shouldChangeItsLineWhereItsContextStands() {
    assertThat(DIFF.file()).isEqualTo("m/A.java");
    assertThat(DIFF.changed()).isEqualTo(2);
    assertThat(DIFF.applyTo("a\nb\nc\n\ne\n")).isEqualTo("a\nb\nC\n\ne\n");
    assertThat(DIFF.applyTo("b\nc\n\ne")).isEqualTo("b\nC\n\ne");
    assertThat(DIFF.applyTo("more\nand more\na\nb\nc\n\ne\n")).endsWith("b\nC\n\ne\n");
  }

  @Test
  void shouldRefuseWhenItsLinesAreGoneOrStandTwice() {
    assertThatThrownBy(() -> DIFF.applyTo("a\nb\nx\n\ne\n"))
        .hasMessageContaining("stand 0 times in m/A.java");
    assertThatThrownBy(() -> DIFF.applyTo("b\nc\n\ne\nb\nc\n\ne\n"))
        .hasMessageContaining("stand 2 times");
  }

  @Test
  void shouldRefuseWhatChangesNothingOrMoreThanOnePlace() {
    assertThatThrownBy(() -> UnifiedDiff.parse(List.of("+++ b/A.java", "@@ -1 +1 @@", " a")))
        .hasMessageContaining("no hunk that changes a line");
    assertThatThrownBy(() -> UnifiedDiff.parse(List.of("+++ b/A.java")))
        .hasMessageContaining("no hunk");
    List<String> twice =
        List.of("+++ b/A.java", "@@ -1 +1 @@", "-a", "+b", "@@ -9 +9 @@", "-c", "+d");
    assertThatThrownBy(() -> UnifiedDiff.parse(twice)).hasMessageContaining("one hunk");
  }
}
