package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.List;

/** What the checker found; filled while it judges key by key. */
public final class Verdict {
  /** Findings kept as text; further ones are only counted. */
  static final int MAX_FINDINGS = 50;

  private final List<String> findings = new ArrayList<>();
  private long operations;
  private long acknowledged;
  private long lost;
  private long duplicated;
  private long reordered;
  private long wrong;

  void count(boolean isAcknowledged) {
    operations++;
    if (isAcknowledged) {
      acknowledged++;
    }
  }

  public void lost(String finding) {
    lost++;
    note("lost: ", finding);
  }

  void duplicated(String finding) {
    duplicated++;
    note("doubled: ", finding);
  }

  void reordered(String finding) {
    reordered++;
    note("out of order: ", finding);
  }

  void wrong(String finding) {
    wrong++;
    note("wrong reply: ", finding);
  }

  private void note(String kind, String finding) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(kind + finding);
    }
  }

  /** Nothing acknowledged is missing, doubled, out of order or wrong. */
  public boolean isOk() {
    return lost + duplicated + reordered + wrong == 0;
  }

  /** Operations judged. */
  public long operations() {
    return operations;
  }

  /** Operations with a reply. */
  public long acknowledged() {
    return acknowledged;
  }

  /** Operations without a reply: took effect once or not at all. */
  public long unknown() {
    return operations - acknowledged;
  }

  /** Acknowledged writes whose effect is gone. */
  public long lost() {
    return lost;
  }

  /** Effects that are there more often than they were asked for. */
  public long duplicated() {
    return duplicated;
  }

  /** Pairs whose effects contradict the order in which clients saw them. */
  public long reordered() {
    return reordered;
  }

  /** Replies that no order explains: errors, values that nobody wrote. */
  public long wrong() {
    return wrong;
  }

  /** The first findings, one line each. */
  public List<String> findings() {
    return List.copyOf(findings);
  }
}
