package org.understudy.simulation.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PatchTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String DIFF = "--- a/m/A\n+++ b/m/A\n@@ -1 +1 @@\n-a\n+b\n";

  /** Rules of docs/safety.md and docs/vm.md, each of which is broken by at least one patch. */
  private static final Set<String> RULES =
      Stream.of("O:9", "D:3", "E:7", "S:4", "V:6", "R:3", "W:3")
          .flatMap(PatchTest::numbered)
          .collect(Collectors.toCollection(TreeSet::new));

  private static Stream<String> numbered(String group) {
    int last = Integer.parseInt(group.substring(2));
    return Stream.iterate(1, i -> i <= last, i -> i + 1).map(i -> group.charAt(0) + "" + i);
  }

  private static Patch parse(String header) {
    return Patch.parse("x", List.of((header + DIFF).split("\n")));
  }

  @Test
  void shouldKnowWhatCatchesIt() {
    Patch seeds = parse("rule: O1, E2\nfault: bad\ncatch: seeds\n\n");
    assertThat(seeds.rules()).containsExactly("O1", "E2");
    assertThat(seeds.test()).isNull();
    assertThat(seeds.module()).isEqualTo("m");
    Patch test = parse("fault: bad\ncatch: test guest-vm ATest#shouldX\nwhy: no disks\n");
    assertThat(test.rules()).isEmpty();
    assertThat(test.test()).isEqualTo(new Patch.Test("guest-vm", "ATest#shouldX"));
  }

  @Test
  void shouldRefuseAHeaderThatDoesNotSayHowItIsCaught() {
    assertThatThrownBy(() -> parse("fault: bad\n")).hasMessageContaining("catch: ");
    assertThatThrownBy(() -> parse("fault: bad\ncatch: luck\n")).hasMessageContaining("luck");
    assertThatThrownBy(() -> parse("catch: seeds\n")).hasMessageContaining("fault");
    assertThatThrownBy(() -> parse("falt: bad\n")).hasMessageContaining("falt: bad");
    assertThatThrownBy(() -> parse("fault: bad\ncatch: test m ATest\n"))
        .hasMessageContaining("why");
    assertThatThrownBy(() -> parse("fault: bad\ncatch: seeds\nwhy: x\n"))
        .hasMessageContaining("why");
  }

  @Test
  void shouldApplyEachPatchThatIsKeptAndKnowItsTest() throws IOException {
    Modules modules = new Modules(ROOT);
    for (Patch patch : Patch.readAll(ROOT.resolve("planted"))) {
      assertThatCode(() -> patch.apply(ROOT))
          .as("planted/%s.patch; whoever changes its lines changes the patch", patch.id())
          .doesNotThrowAnyException();
      assertThat(patch.diff().changed()).as(patch.id() + " changes one line").isLessThan(3);
      if (patch.test() != null) {
        String[] test = patch.test().selection().split("#");
        String name = modules.fullName(patch.test().module(), test[0]).replace('.', '/');
        Path source =
            ROOT.resolve(patch.test().module()).resolve("src/test/java/" + name + ".java");
        String wanted = test.length == 1 ? "class " + test[0] : test[1] + "(";
        assertThat(withContracts(source)).as(patch.id()).contains(wanted);
      }
    }
  }

  /** A class of tests, and those of its package that it extends: a contract's tests are its own. */
  private static String withContracts(Path source) throws IOException {
    String text = Files.readString(source);
    Matcher contract =
        Pattern.compile("^.*class \\w+ extends (\\w+)", Pattern.MULTILINE).matcher(text);
    if (!contract.find()) {
      return text;
    }
    Path parent = source.resolveSibling(contract.group(1) + ".java");
    return Files.exists(parent) ? text + withContracts(parent) : text;
  }

  @Test
  void shouldBreakEachRuleAtLeastOnceAndMostOfThemBySeeds() throws IOException {
    List<Patch> patches = Patch.readAll(ROOT.resolve("planted"));
    Set<String> broken = new TreeSet<>();
    patches.forEach(patch -> broken.addAll(patch.rules()));
    List<String> missing = new ArrayList<>(RULES);
    missing.removeAll(broken);
    assertThat(missing).as("rules that no patch breaks").isEmpty();
    assertThat(patches).hasSizeGreaterThanOrEqualTo(40);
    assertThat(patches.stream().filter(patch -> patch.test() == null))
        .hasSizeGreaterThanOrEqualTo(25);
  }
}
