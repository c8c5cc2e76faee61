package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * APPEND and GET of one key. The final content is taken apart into the values that were appended;
 * each acknowledged one must stand once, where its reply said, and what stands between belongs to
 * appends without a reply. Reads must be beginnings of that content.
 */
final class AppendCheck {
  private final KeyHistory rows;
  private final History history;
  private final Verdict verdict;
  private final List<KeyHistory.Placed> placed = new ArrayList<>();

  AppendCheck(KeyHistory rows, Verdict verdict) {
    this.rows = rows;
    this.history = rows.history;
    this.verdict = verdict;
  }

  void check() {
    Reply last = rows.last();
    if (last == null) {
      checkRepliesOnly();
      return;
    }
    byte[] content = last.bytes();
    Set<Long> boundaries = takeApart(content);
    for (int row : rows.reads) {
      checkRead(row, content, boundaries);
    }
    placed.add(new KeyHistory.Placed(KeyHistory.FINAL, content.length, true));
    sortAndCheckOrder();
  }

  private void sortAndCheckOrder() {
    placed.sort(
        Comparator.comparingLong(KeyHistory.Placed::position)
            .thenComparing(KeyHistory.Placed::read));
    rows.checkOrder(placed, verdict);
  }

  private long startOf(int row) {
    return history.number(row) - history.length(row);
  }

  /** Finds the values in the content; returns the offsets between them. */
  private Set<Long> takeApart(byte[] content) {
    Map<Long, Integer> expectedAt = new HashMap<>();
    for (int row : rows.acknowledgedWrites) {
      Integer other = expectedAt.putIfAbsent(startOf(row), row);
      if (other != null) {
        verdict.lost(rows.describe(row) + " was told the same place as " + rows.describe(other));
      }
    }
    Set<Long> boundaries = new HashSet<>();
    Set<Integer> found = new HashSet<>();
    boundaries.add(0L);
    int at = 0;
    while (at < content.length) {
      int row = valueAt(content, at, expectedAt.get((long) at));
      if (row < 0) {
        verdict.wrong(
            "final GET " + rows.name() + " holds at offset " + at + " what nobody appended");
        break;
      }
      int end = at + history.length(row);
      if (!found.add(row)) {
        verdict.duplicated(rows.describe(row) + " stands again at offset " + at);
      } else {
        if (history.isAcknowledged(row) && history.number(row) != end) {
          verdict.reordered(
              rows.describe(row) + " was told length " + history.number(row) + ", not " + end);
        }
        placed.add(new KeyHistory.Placed(row, end, false));
      }
      boundaries.add((long) end);
      at = end;
    }
    for (int row : rows.acknowledgedWrites) {
      if (!found.contains(row)) {
        verdict.lost(rows.describe(row) + " is not in the final content");
      }
    }
    return boundaries;
  }

  /** The append whose value stands at this offset, the expected one first; -1 for none. */
  private int valueAt(byte[] content, int at, Integer expected) {
    if (expected != null && stands(content, at, expected)) {
      return expected;
    }
    for (int row : rows.unknownWrites) {
      if (stands(content, at, row)) {
        return row;
      }
    }
    for (int row : rows.acknowledgedWrites) {
      if (stands(content, at, row)) {
        return row;
      }
    }
    return -1;
  }

  private boolean stands(byte[] content, int at, int row) {
    int length = history.length(row);
    return length > 0
        && length <= content.length - at
        && Hash64.of(content, at, length) == history.hash(row);
  }

  private void checkRead(int row, byte[] content, Set<Long> boundaries) {
    int length = history.length(row);
    if (length > content.length) {
      verdict.lost(
          rows.describe(row) + " read " + length + " bytes, in the end it is " + content.length);
    } else if (!boundaries.contains((long) length)
        || Hash64.of(content, 0, length) != history.hash(row)) {
      verdict.wrong(rows.describe(row) + " read what is no beginning of the final content");
    } else {
      placed.add(new KeyHistory.Placed(row, length, true));
    }
  }

  /** Without a final read: lengths must not overlap, and must agree with real time. */
  private void checkRepliesOnly() {
    for (int row : rows.acknowledgedWrites) {
      placed.add(new KeyHistory.Placed(row, history.number(row), false));
    }
    placed.sort(Comparator.comparingLong(KeyHistory.Placed::position));
    for (int i = 1; i < placed.size(); i++) {
      if (startOf(placed.get(i).row()) < placed.get(i - 1).position()) {
        verdict.lost(
            rows.describe(placed.get(i).row())
                + " was told a place inside that of "
                + rows.describe(placed.get(i - 1).row()));
      }
    }
    for (int row : rows.reads) {
      placed.add(new KeyHistory.Placed(row, history.length(row), true));
    }
    sortAndCheckOrder();
  }
}
