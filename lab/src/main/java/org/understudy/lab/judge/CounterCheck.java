package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * INCR and GET of one key. A reply is a place in the order: replies are unique, and the numbers
 * that nobody was told belong to increments without a reply, one each, none of which may have begun
 * after something that counts beyond it had returned.
 */
final class CounterCheck {
  private final KeyHistory rows;
  private final History history;
  private final Verdict verdict;

  CounterCheck(KeyHistory rows, Verdict verdict) {
    this.rows = rows;
    this.history = rows.history;
    this.verdict = verdict;
  }

  void check() {
    List<KeyHistory.Placed> placed = new ArrayList<>();
    for (int row : rows.acknowledgedWrites) {
      long number = history.number(row);
      if (number < 1) {
        verdict.wrong(rows.describe(row) + " was answered with " + number);
        return;
      }
      placed.add(new KeyHistory.Placed(row, number, false));
    }
    for (int row : rows.reads) {
      if (!place(placed, row, history.number(row))) {
        return;
      }
    }
    if (rows.last() != null && !place(placed, KeyHistory.FINAL, History.number(rows.last()))) {
      return;
    }
    placed.sort(
        Comparator.comparingLong(KeyHistory.Placed::position)
            .thenComparing(KeyHistory.Placed::read));
    checkUnique(placed);
    checkFinal();
    checkGaps(placed);
    rows.checkOrder(placed, verdict);
  }

  private boolean place(List<KeyHistory.Placed> placed, int row, long number) {
    if (number < 0) {
      verdict.wrong(rows.describe(row) + " did not read a number");
      return false;
    }
    placed.add(new KeyHistory.Placed(row, number, true));
    return true;
  }

  private void checkUnique(List<KeyHistory.Placed> placed) {
    KeyHistory.Placed previous = null;
    for (KeyHistory.Placed write : placed) {
      if (write.read()) {
        continue;
      }
      if (previous != null && previous.position() == write.position()) {
        verdict.lost(
            rows.describe(previous.row())
                + " and "
                + rows.describe(write.row())
                + " were both answered with "
                + write.position());
      }
      previous = write;
    }
  }

  private void checkFinal() {
    if (rows.last() == null) {
      return;
    }
    long last = History.number(rows.last());
    for (int row : rows.acknowledgedWrites) {
      if (history.number(row) > last) {
        verdict.lost(
            rows.describe(row)
                + " was answered with "
                + history.number(row)
                + ", in the end it is "
                + last);
      }
    }
  }

  /** Numbers that nobody was told: tightest first, each takes the unknown one that began first. */
  private void checkGaps(List<KeyHistory.Placed> placed) {
    List<Integer> unknown = new ArrayList<>(rows.unknownWrites);
    unknown.sort(Comparator.comparingLong(history::invokeNs));
    long[] returnedBeyond = new long[placed.size() + 1];
    returnedBeyond[placed.size()] = History.NEVER;
    for (int i = placed.size() - 1; i >= 0; i--) {
      returnedBeyond[i] = Math.min(returnedBeyond[i + 1], rows.returnNs(placed.get(i).row()));
    }
    int used = 0;
    long next = 1;
    for (int i = 0; i < placed.size(); i++) {
      KeyHistory.Placed operation = placed.get(i);
      long filledTo = operation.read() ? operation.position() : operation.position() - 1;
      for (; next <= filledTo; next++) {
        if (used == unknown.size()) {
          verdict.duplicated(
              rows.describe(operation.row())
                  + " saw "
                  + operation.position()
                  + ": "
                  + (filledTo - next + 1)
                  + " more than increments were asked for");
          return;
        }
        int filler = unknown.get(used++);
        if (history.invokeNs(filler) > returnedBeyond[i]) {
          verdict.reordered(
              rows.describe(operation.row())
                  + " counts an increment that had not begun: "
                  + rows.describe(filler));
        }
      }
      next = Math.max(next, operation.position() + 1);
    }
  }
}
