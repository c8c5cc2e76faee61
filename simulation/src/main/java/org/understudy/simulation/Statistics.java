package org.understudy.simulation;

import org.understudy.protocol.wire.MessageTypes;

/** What happened in one run or in many. */
public final class Statistics {
  /** Events executed. */
  public long steps;

  /** Simulated time. */
  public long simulatedNs;

  /** Faults by kind. */
  public final long[] faults = new long[FaultKind.values().length];

  /** Messages of real agents that were lost, by template. */
  public final long[] lostByTemplate = new long[MessageTypes.COUNT];

  /** Runs of the real agents. */
  public long agentRuns;

  /** Messages lost, by type. */
  public final long[] lost = new long[Message.Type.values().length];

  /** Transitions of primaries' sessions. */
  public final Transitions primary = Transitions.ofPrimary();

  /** Transitions of backups' sessions. */
  public final Transitions backup = Transitions.ofBackup();

  /** Takeovers completed. */
  public long takeovers;

  /** Claims to solo that a primary won. */
  public long soloClaims;

  /** Times that a pair became protected. */
  public long protections;

  /** Links resumed without a full copy. */
  public long resumes;

  /** Inputs replayed by takeovers. */
  public long replayed;

  /** Answers that reached a client. */
  public long answers;

  /** Runs in which every node that held the guest died. */
  public long guestsLost;

  /** Runs whose guest ended. */
  public long guestsEnded;

  /** Adds another run. */
  public void add(Statistics other) {
    steps += other.steps;
    simulatedNs += other.simulatedNs;
    addAll(faults, other.faults);
    addAll(lost, other.lost);
    addAll(lostByTemplate, other.lostByTemplate);
    agentRuns += other.agentRuns;
    primary.add(other.primary);
    backup.add(other.backup);
    takeovers += other.takeovers;
    soloClaims += other.soloClaims;
    protections += other.protections;
    resumes += other.resumes;
    replayed += other.replayed;
    answers += other.answers;
    guestsLost += other.guestsLost;
    guestsEnded += other.guestsEnded;
  }

  private static void addAll(long[] sum, long[] added) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += added[i];
    }
  }

  /** Faults of all kinds. */
  public long faultCount() {
    long sum = 0;
    for (long count : faults) {
      sum += count;
    }
    return sum;
  }

  /** Fault kinds and kinds of messages lost that were never reached, in words; empty if none. */
  public String missing() {
    StringBuilder text = new StringBuilder();
    long[] expected = faults.clone();
    if (agentRuns == 0) {
      expected[FaultKind.ERROR_IN_CYCLE.ordinal()]++; // sessions alone have no agent to fail
    }
    append(text, "fault", FaultKind.values(), expected);
    append(text, "loss of", Message.Type.values(), lost);
    if (agentRuns > 0) {
      AgentMessages.NAMES.forEach((template, name) -> {
        if (lostByTemplate[template] == 0) {
          text.append("loss of an agent's ").append(name).append("; ");
        }
      });
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String what, Enum<?>[] names, long[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        text.append(what).append(' ').append(names[i]).append("; ");
      }
    }
  }

  /** All figures, for people. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        "steps %,d  simulated %,d s  faults %,d  takeovers %,d  solo claims %,d%n"
            .formatted(steps, simulatedNs / 1_000_000_000L, faultCount(), takeovers, soloClaims));
    text.append(
        "protections %,d  resumes %,d  replayed inputs %,d  answers %,d  guests ended %,d  lost %,d%n"
            .formatted(protections, resumes, replayed, answers, guestsEnded, guestsLost));
    line(text, "faults:", FaultKind.values(), faults);
    line(text, "lost messages:", Message.Type.values(), lost);
    text.append("runs of agents ").append(agentRuns).append(", lost messages:");
    AgentMessages.NAMES.forEach((template, name) ->
        text.append(' ').append(name).append('=').append(lostByTemplate[template]));
    text.append(System.lineSeparator());
    line(text, "primary never:", primary);
    line(text, "backup never:", backup);
    return text.toString();
  }

  private static void line(StringBuilder text, String title, Transitions transitions) {
    text.append(title).append(' ').append(String.join(", ", transitions.missing()));
    text.append(System.lineSeparator());
  }

  private static void line(StringBuilder text, String title, Enum<?>[] names, long[] counts) {
    text.append(title);
    for (int i = 0; i < counts.length; i++) {
      text.append(' ').append(names[i]).append('=').append(counts[i]);
    }
    text.append(System.lineSeparator());
  }
}
