package org.understudy.vm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe;
import org.understudy.checkpoint.track.TrackerProbe.Finding;
import org.understudy.vm.track.TrackingException;

final class TrackerChoiceTest {
  private final List<TrackerKind> tried = new ArrayList<>();

  private TrackerKind fail(TrackerKind kind, TrackerKind... working) {
    tried.add(kind);
    if (!List.of(working).contains(kind)) {
      throw new TrackingException("not for this QEMU");
    }
    return kind;
  }

  @Test
  void shouldTryTheBestFirst() {
    TrackerChoice choice = TrackerChoice.best(TrackerProbe.probe());
    assertThat(choice.findings())
        .extracting(Finding::kind)
        .containsExactly(TrackerKind.PAGEMAP_SCAN, TrackerKind.SOFT_DIRTY, TrackerKind.COMPARE);
    assertThat(choice.first(kind -> kind).kind())
        .isEqualTo(TrackerProbe.pick(choice.findings(), false));
  }

  @Test
  void shouldSayWhyTheBetterOnesAreNotUsed() {
    TrackerChoice choice =
        new TrackerChoice(
            List.of(
                new Finding(TrackerKind.PAGEMAP_SCAN, true, ""),
                new Finding(TrackerKind.SOFT_DIRTY, false, "no marks"),
                new Finding(TrackerKind.COMPARE, true, "")));
    TrackerChoice.Chosen<TrackerKind> chosen =
        choice.first(kind -> fail(kind, TrackerKind.COMPARE));
    assertThat(tried).containsExactly(TrackerKind.PAGEMAP_SCAN, TrackerKind.COMPARE);
    assertThat(chosen.inWords())
        .isEqualTo("compare (not by pagemap-scan: not for this QEMU; soft-dirty: no marks)");
    assertThat(choice.first(kind -> kind).inWords()).isEqualTo("pagemap-scan");

    // What failed once for this QEMU is not tried again.
    tried.clear();
    assertThat(chosen.left().first(kind -> fail(kind, TrackerKind.COMPARE)).inWords())
        .isEqualTo(chosen.inWords());
    assertThat(tried).containsExactly(TrackerKind.COMPARE);
  }

  @Test
  void shouldNotTakeAnotherThanTheOneThatWasAskedFor() {
    TrackerChoice choice = TrackerChoice.only(TrackerKind.PAGEMAP_SCAN);
    assertThatThrownBy(() -> choice.first(kind -> fail(kind, TrackerKind.COMPARE)))
        .isInstanceOf(TrackingException.class)
        .hasMessageContaining("pagemap-scan: not for this QEMU");
    assertThatThrownBy(() -> TrackerChoice.only(TrackerKind.WRITE_BARRIER))
        .hasMessageContaining("barrier");
  }
}
