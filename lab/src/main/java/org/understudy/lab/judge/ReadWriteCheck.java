package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * SET and GET of one key, after Gibbons and Korach, "Testing shared memories" (1997): with unique
 * values a write and the reads that saw it form a cluster that must be contiguous in the order. Two
 * clusters exclude each other if each holds an operation that returned before one of the other
 * began; a history without such a pair has an order.
 */
final class ReadWriteCheck {
  /** A write with the reads that saw it. */
  private static final class Cluster {
    /** Row of the write; -2 for the missing key at the beginning. */
    final int write;

    int firstReturned;
    int lastInvoked;
    boolean seen;

    Cluster(int write) {
      this.write = write;
      this.firstReturned = write;
      this.lastInvoked = write;
    }
  }

  private static final int MISSING = -2;

  private final KeyHistory rows;
  private final History history;
  private final Verdict verdict;
  private final Map<Long, Cluster> byValue = new HashMap<>();
  private final Cluster missing = new Cluster(MISSING);

  ReadWriteCheck(KeyHistory rows, Verdict verdict) {
    this.rows = rows;
    this.history = rows.history;
    this.verdict = verdict;
  }

  void check() {
    for (int row : rows.acknowledgedWrites) {
      addWrite(row);
    }
    for (int row : rows.unknownWrites) {
      addWrite(row);
    }
    for (int row : rows.reads) {
      addRead(row, history.replyKind(row) == Reply.Kind.NIL, history.hash(row));
    }
    Reply last = rows.last();
    if (last != null) {
      addRead(KeyHistory.FINAL, last.kind() == Reply.Kind.NIL, Hash64.of(last.bytes()));
    }
    checkPairs();
  }

  private void addWrite(int row) {
    Cluster other = byValue.putIfAbsent(history.hash(row), new Cluster(row));
    if (other != null) {
      verdict.wrong(rows.describe(row) + " writes the same value as " + rows.describe(other.write));
    }
  }

  private void addRead(int row, boolean isMissing, long hash) {
    Cluster cluster = isMissing ? missing : byValue.get(hash);
    if (cluster == null) {
      verdict.wrong(rows.describe(row) + " read a value that nobody wrote");
      return;
    }
    if (returnNs(row) < invokeNs(cluster.write)) {
      verdict.reordered(
          rows.describe(row) + " read what was written later: " + rows.describe(cluster.write));
      return;
    }
    cluster.seen = true;
    if (returnNs(row) < returnNs(cluster.firstReturned)) {
      cluster.firstReturned = row;
    }
    if (invokeNs(row) > invokeNs(cluster.lastInvoked)) {
      cluster.lastInvoked = row;
    }
  }

  private long invokeNs(int row) {
    return row == MISSING ? Long.MIN_VALUE : rows.invokeNs(row);
  }

  private long returnNs(int row) {
    return row == MISSING ? Long.MIN_VALUE : rows.returnNs(row);
  }

  private long first(Cluster cluster) {
    return returnNs(cluster.firstReturned);
  }

  private long last(Cluster cluster) {
    return invokeNs(cluster.lastInvoked);
  }

  private void checkPairs() {
    List<Cluster> forward = new ArrayList<>();
    List<Cluster> backward = new ArrayList<>();
    List<Cluster> all = new ArrayList<>(byValue.values());
    all.add(missing);
    for (Cluster cluster : all) {
      if (cluster.write != MISSING && !cluster.seen && !history.isAcknowledged(cluster.write)) {
        continue; // nobody saw it: it may never have happened
      }
      (first(cluster) < last(cluster) ? forward : backward).add(cluster);
    }
    forward.sort(Comparator.comparingLong(this::first).thenComparingLong(this::last));
    // The one that reaches furthest is enough: whatever overlaps an earlier one overlaps it too.
    Cluster reaching = null;
    for (Cluster cluster : forward) {
      if (reaching != null && first(cluster) < last(reaching)) {
        report(reaching, cluster);
      }
      if (reaching == null || last(cluster) > last(reaching)) {
        reaching = cluster;
      }
    }
    for (Cluster cluster : backward) {
      for (Cluster around : candidates(forward, cluster)) {
        if (first(around) < last(cluster) && first(cluster) < last(around)) {
          report(around, cluster);
        }
      }
    }
  }

  /** The last forward cluster that starts before this one's zone: the only one that can hold it. */
  private List<Cluster> candidates(List<Cluster> forward, Cluster inner) {
    int low = 0;
    int high = forward.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (first(forward.get(middle)) < last(inner)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? List.of() : List.of(forward.get(low - 1));
  }

  private void report(Cluster one, Cluster other) {
    boolean oneIsOlder = returnNs(one.write) < invokeNs(other.write);
    boolean otherIsOlder = returnNs(other.write) < invokeNs(one.write);
    if (!oneIsOlder && !otherIsOlder) {
      verdict.duplicated(
          describe(one) + " and " + describe(other) + " were both seen before and after another");
      return;
    }
    Cluster older = oneIsOlder ? one : other;
    Cluster newer = oneIsOlder ? other : one;
    boolean olderSeenFirst =
        older.write == MISSING || first(older) < first(newer) && older.firstReturned != older.write;
    if (newer.seen && !olderSeenFirst) {
      verdict.reordered(
          rows.describe(older.lastInvoked) + " saw an older value after " + describe(newer));
    } else {
      verdict.lost(describe(newer) + " is gone for " + rows.describe(older.lastInvoked));
    }
  }

  private String describe(Cluster cluster) {
    return cluster.write == MISSING ? "missing key " + rows.name() : rows.describe(cluster.write);
  }
}
