package org.understudy.lab.vm;

import java.util.ArrayList;
import java.util.List;

/** What became of the requests of one kind of client. Any thread. */
final class Tally {
  private static final int MAX_FINDINGS = 20;

  private long operations;
  private long lost;
  private long duplicated;
  private long reordered;
  private long wrong;
  private int broken;
  private final List<String> findings = new ArrayList<>();

  /** A request got its reply, complete and right. */
  synchronized void good() {
    operations++;
  }

  synchronized void lost(long count, String finding) {
    lost += count;
    note("lost: ", finding);
  }

  synchronized void duplicated(long count, String finding) {
    duplicated += count;
    note("doubled: ", finding);
  }

  synchronized void reordered(String finding) {
    reordered++;
    note("out of order: ", finding);
  }

  synchronized void wrong(String finding) {
    wrong++;
    note("wrong reply: ", finding);
  }

  synchronized void broken(String finding) {
    broken++;
    note("connection broken: ", finding);
  }

  private void note(String kind, String finding) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(kind + finding);
    }
  }

  synchronized long operations() {
    return operations;
  }

  synchronized long lost() {
    return lost;
  }

  synchronized long duplicated() {
    return duplicated;
  }

  synchronized long reordered() {
    return reordered;
  }

  synchronized long wrong() {
    return wrong;
  }

  synchronized int broken() {
    return broken;
  }

  synchronized boolean isOk() {
    return lost + duplicated + reordered + wrong + broken == 0;
  }

  /** The first of them, one line each. */
  synchronized List<String> findings() {
    return List.copyOf(findings);
  }
}
