package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The operations of one key. Reads without a reply say nothing and are left out; the final read
 * counts as one that began after everything else had returned.
 */
final class KeyHistory {
  /**
   * One operation that has its place in the order of effects.
   *
   * @param row row in the history; {@link #FINAL} for the final read
   * @param position its place: writes at their own number, a read right after the write it saw
   * @param read whether it only reads
   */
  record Placed(int row, long position, boolean read) {}

  /** Row of the final read. */
  static final int FINAL = -1;

  final History history;
  final int key;
  final List<Integer> acknowledgedWrites = new ArrayList<>();
  final List<Integer> unknownWrites = new ArrayList<>();
  final List<Integer> reads = new ArrayList<>();
  private final Set<LoadCommand> writing = EnumSet.noneOf(LoadCommand.class);

  KeyHistory(History history, int key) {
    this.history = history;
    this.key = key;
  }

  void add(int row) {
    LoadCommand command = history.command(row);
    if (command.writes()) {
      writing.add(command);
      (history.isAcknowledged(row) ? acknowledgedWrites : unknownWrites).add(row);
    } else if (history.isAcknowledged(row)) {
      reads.add(row);
    }
  }

  int kinds() {
    return writing.size();
  }

  boolean has(LoadCommand command) {
    return writing.contains(command);
  }

  Reply last() {
    return history.finalOf(key);
  }

  String name() {
    return history.key(key);
  }

  long invokeNs(int row) {
    return row == FINAL ? History.NEVER - 1 : history.invokeNs(row);
  }

  long returnNs(int row) {
    return row == FINAL ? History.NEVER : history.returnNs(row);
  }

  String describe(int row) {
    return row == FINAL ? "final GET " + name() : history.describe(row);
  }

  /**
   * Checks operations, sorted by position (a write before the reads that saw it), against real
   * time: none may have returned before one that comes earlier in the order was invoked.
   */
  void checkOrder(List<Placed> sorted, Verdict verdict) {
    int latest = Integer.MIN_VALUE;
    int i = 0;
    while (i < sorted.size()) {
      int end = i + 1;
      // Reads of one state may stand in any order among themselves.
      while (sorted.get(i).read()
          && end < sorted.size()
          && sorted.get(end).read()
          && sorted.get(end).position() == sorted.get(i).position()) {
        end++;
      }
      int latestHere = latest;
      for (int j = i; j < end; j++) {
        int row = sorted.get(j).row();
        if (latest != Integer.MIN_VALUE && returnNs(row) < invokeNs(latest)) {
          verdict.reordered(
              describe(row) + " takes effect after " + describe(latest) + ", which began later");
        }
        if (latestHere == Integer.MIN_VALUE || invokeNs(row) > invokeNs(latestHere)) {
          latestHere = row;
        }
      }
      latest = latestHere;
      i = end;
    }
  }
}
