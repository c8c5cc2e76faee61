package org.understudy.failover.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.understudy.failover.vm.MatrixReport.Line;
import org.understudy.failover.vm.MatrixReport.Verdict;

class MatrixTest {
  private static final QemuProgram PROGRAM =
      new QemuProgram("10.0.2", "/qemu", Map.of("pc", "pc-i440fx-10.0", "q35", "pc-q35-10.0"));

  @Test
  void shouldTryTheNewestPackageOfEachMinorVersionOnce() {
    List<String> available =
        List.of(
            "1:7.2+dfsg-7+deb12u18",
            "1:10.0.2+ds-2+deb13u1~bpo12+1",
            "1:10.0.13+ds-0+deb13u1",
            "1:11.1.3+ds-1~bpo13+1");

    assertThat(MatrixVersions.wanted(available, "7.2.22"))
        .containsExactly("1:10.0.13+ds-0+deb13u1", "1:11.1.3+ds-1~bpo13+1");
    assertThat(MatrixVersions.wanted(available, "")).first().isEqualTo("1:7.2+dfsg-7+deb12u18");
  }

  @Test
  void shouldTellWhichOfTheVersionsThatUsersHaveIsNotToBeHad() {
    assertThat(MatrixVersions.absent(List.of("7.2", "10.0", "11.1"))).containsExactly("8.2", "9");
    assertThat(MatrixVersions.absent(List.of("7.2", "8.2", "9.1", "10.2"))).isEmpty();
  }

  @Test
  void shouldFindCellsByTheirNamesAndTheBeginningsOfThese() {
    List<MatrixCell> cells = MatrixCell.of(PROGRAM);

    assertThat(cells.stream().filter(cell -> cell.isOneOf(null))).hasSize(4);
    assertThat(cells.stream().filter(cell -> cell.isOneOf("10.0"))).hasSize(4);
    assertThat(cells.stream().filter(cell -> cell.isOneOf("10.0.2/q35"))).hasSize(2);
    assertThat(cells.stream().filter(cell -> cell.isOneOf("10.0/pc/2")))
        .singleElement()
        .returns("pc-i440fx-10.0", MatrixCell::type)
        .returns("10.0.2/pc/2", MatrixCell::name);
    assertThat(cells.stream().filter(cell -> cell.isOneOf("10.0.1"))).isEmpty();
    assertThat(cells.stream().filter(cell -> cell.isOneOf("1"))).isEmpty();
  }

  @Test
  void shouldNotCountWhatWasNotTried() throws Exception {
    MatrixReport report = new MatrixReport();
    report.add(new Line("8.2", "", 0, Verdict.NOT_TRIED, 0, List.of("no package of it")));
    assertThat(report.isOk()).as("nothing was tried").isFalse();
    report.add(new Line("10.0.2", "pc-q35-10.0", 2, Verdict.OK, 61.24, List.of()));
    assertThat(report.isOk()).isTrue();
    report.add(new Line("10.0.2", "pc-q35-10.0", 1, Verdict.FAILED, 9, List.of("it was lost")));
    assertThat(report.isOk()).isFalse();

    JsonNode json = new ObjectMapper().readTree(report.json());
    assertThat(json.path("tried").asInt()).isEqualTo(2);
    assertThat(json.path("failed").asInt()).isEqualTo(1);
    assertThat(json.at("/cells/0/verdict").asText()).isEqualTo("not tried");
    assertThat(json.at("/cells/0/reasons/0").asText()).isEqualTo("no package of it");
    assertThat(json.at("/cells/1/seconds").asDouble()).isEqualTo(61.2);
    assertThat(report.summary()).isEqualTo("2 cells tried, 1 failed, 1 not tried");
  }
}
