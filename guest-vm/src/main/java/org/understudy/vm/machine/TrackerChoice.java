package org.understudy.vm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.checkpoint.track.TrackerProbe.Finding;
import org.understudy.host.LinuxCallException;
import org.understudy.vm.track.TrackingException;

/**
 * Which trackers may follow a machine's memory, best first, and why some cannot.
 *
 * @param findings in order; one that works for this host may yet fail for a QEMU
 */
public record TrackerChoice(List<Finding> findings) {
  /** Refuses what cannot see a machine's writes. */
  public TrackerChoice {
    findings = List.copyOf(findings);
    if (findings.stream().anyMatch(f -> f.kind() == TrackerKind.WRITE_BARRIER)) {
      throw new IllegalArgumentException("a machine's writes do not pass a barrier");
    }
  }

  /** The best that works, of what was found out about this host. */
  public static TrackerChoice best(List<Finding> probed) {
    return new TrackerChoice(
        probed.stream().filter(f -> f.kind() != TrackerKind.WRITE_BARRIER).toList());
  }

  /** This one or none. */
  public static TrackerChoice only(TrackerKind kind) {
    return new TrackerChoice(List.of(new Finding(kind, true, "")));
  }

  /** What {@link #first} came to. */
  public record Chosen<T>(TrackerKind kind, T made, TrackerChoice left) {
    /** Whether a better one works for this host, and only failed for this QEMU. */
    public boolean mayBeBetter(TrackerChoice asked) {
      return asked.findings.stream()
          .takeWhile(finding -> finding.kind() != kind)
          .anyMatch(Finding::available);
    }

    /** For the log: which one, and why none of the better ones. */
    public String inWords() {
      String others = left.failures();
      return others.isEmpty() ? kind.setting() : kind.setting() + " (not by " + others + ")";
    }
  }

  /**
   * Makes the first one that works for a QEMU.
   *
   * @throws TrackingException with all reasons, where none does
   */
  public <T> Chosen<T> first(Function<TrackerKind, T> make) {
    List<Finding> left = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      if (finding.available()) {
        try {
          T made = make.apply(finding.kind());
          left.add(finding);
          TrackerChoice known = new TrackerChoice(left);
          return new Chosen<>(finding.kind(), made, known);
        } catch (TrackingException | LinuxCallException e) {
          left.add(new Finding(finding.kind(), false, e.getMessage()));
        }
      } else {
        left.add(finding);
      }
    }
    throw new TrackingException("no tracker works: " + new TrackerChoice(left).failures());
  }

  /** Of each that cannot be used, why. */
  public String failures() {
    return findings.stream()
        .filter(finding -> !finding.available())
        .map(finding -> finding.kind().setting() + ": " + finding.reason())
        .collect(Collectors.joining("; "));
  }
}
