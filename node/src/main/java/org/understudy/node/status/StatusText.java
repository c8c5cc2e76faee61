package org.understudy.node.status;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A status for people: one thing a line, and only what says something. */
public final class StatusText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final List<String> lines = new ArrayList<>();
  private final NodeStatus status;
  private final long nowUs;

  private StatusText(NodeStatus status, long nowUs) {
    this.status = status;
    this.nowUs = nowUs;
  }

  /**
   * The lines.
   *
   * @param nowUs ages count from here: of a node that is dead from its last status
   */
  public static List<String> of(NodeStatus status, long nowUs) {
    StatusText text = new StatusText(status, nowUs);
    text.node();
    text.replication();
    text.ownership();
    text.trouble();
    text.takeovers();
    return text.lines;
  }

  private void line(String name, String format, Object... values) {
    lines.add(
        String.format(Locale.ROOT, "%-11s ", name) + String.format(Locale.ROOT, format, values));
  }

  private void node() {
    line(
        "node",
        "%s (%s), process %d, up %s",
        status.node(),
        status.role().isEmpty() ? "no role yet" : status.role(),
        status.pid(),
        since(status.startedAtUs()));
    line("state", "%s for %s", status.state().word(), since(status.stateAtUs()));
    line("reason", "%s", status.reason());
    line(
        "protection",
        "%s for %s",
        status.isProtected() ? "PROTECTED" : "NOT PROTECTED",
        since(status.protectionAtUs()));
    NodeStatus.Peer peer = status.peer();
    if (!peer.node().isEmpty()) {
      line(
          "peer",
          "%s%s%s",
          peer.node(),
          peer.state().isEmpty() ? "" : ", " + peer.state(),
          peer.front().isEmpty() ? "" : ", clients connect to it at " + peer.front());
    }
    if (!peer.refusal().isEmpty()) {
      line("refused", "a backup: %s", peer.refusal());
    }
  }

  private void replication() {
    NodeStatus.Sync sync = status.sync();
    if (status.state() == NodeState.SYNCING && sync.totalBytes() > 0) {
      line("copy", "%s", sync.describe());
    }
    NodeStatus.Replication replication = status.replication();
    if (replication.epoch() >= 0) {
      line(
          "epochs", "%d committed, %d on their way", replication.epochs(), replication.lagEpochs());
    }
    NodeStatus.Percentiles held = status.latency().addedUs();
    if (held.count() > 0) {
      line("output", "held %s (p50), %s (p99)", ms(held.p50()), ms(held.p99()));
    }
    if (status.vm() != null) {
      long lagUs = status.vm().counters().getOrDefault("clockLagUs", 0L);
      line(
          "machine",
          "QEMU %s (%s), pages found by %s, clock %.1f s behind",
          status.vm().qemu(),
          status.vm().accelerator(),
          status.tracker().isEmpty() ? "none yet" : status.tracker(),
          lagUs / 1e6);
    }
  }

  private void ownership() {
    NodeStatus.OwnershipView register = status.ownership();
    line(
        "register",
        "%s, generation %d%s%s",
        register.mode(),
        register.generation(),
        register.owner().isEmpty() ? "" : ", owner " + register.owner(),
        register.backup().isEmpty() ? "" : ", backup " + register.backup());
    line(
        "arbiter",
        "%s: %s",
        register.arbiter(),
        register.trouble().isEmpty() ? "answers" : register.trouble());
  }

  private void trouble() {
    NodeStatus.Link link = status.link();
    line(
        "wire",
        "%s",
        link.sealed() ? "sealed, key " + link.keyId() : "NOT SEALED: wire.sealed = false");
    List<String> words = new ArrayList<>();
    add(words, link.badMessages(), "bad messages");
    add(words, status.replication().droppedMessages(), "of other sessions");
    add(words, link.refusedFrames(), "frames of strangers");
    add(words, link.strangers(), "strangers at the monitor port");
    add(words, status.replication().linkResumes(), "times resumed");
    add(words, status.verify().differences(), "DIFFERENCES found by verify");
    line("link", "%s", words.isEmpty() ? "no trouble" : String.join(", ", words));
  }

  private static void add(List<String> words, long count, String what) {
    if (count > 0) {
      words.add(count + " " + what);
    }
  }

  private void takeovers() {
    if (!status.takeovers().isEmpty()) {
      NodeStatus.Takeover last = status.takeovers().getLast();
      line(
          "takeovers",
          "%d, the last at %s (%s): claimed after %s, ready after %s",
          status.takeovers().size(),
          TIME.format(Instant.EPOCH.plus(last.detectedAtUs(), ChronoUnit.MICROS)),
          last.cause(),
          ms(last.claimedAtUs() - last.detectedAtUs()),
          ms(last.replayedAtUs() - last.detectedAtUs()));
    }
  }

  private static String ms(double us) {
    return String.format(Locale.ROOT, "%.1f ms", us / 1e3);
  }

  private String since(long us) {
    return us == 0 ? "an unknown time" : duration(nowUs - us);
  }

  /** A span as people say it: 0.3 s, 12 s, 4 min 5 s, 3 h 2 min, 2 d 4 h. */
  public static String duration(long us) {
    long seconds = Math.max(0, us) / 1_000_000;
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", Math.max(0, us) / 1e6);
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds < 86_400
        ? seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min"
        : seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
  }
}
