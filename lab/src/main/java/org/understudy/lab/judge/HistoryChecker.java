package org.understudy.lab.judge;

/**
 * Judges a history: is there, for each key, one order of its operations that explains every reply
 * and agrees with real time (linearizability)? Operations without a reply took effect once or not
 * at all. Keys are independent, so each is judged alone; for these commands the order is nearly
 * given by the replies, so that judging costs no more than sorting.
 */
public final class HistoryChecker {
  private final History history;
  private final Verdict verdict = new Verdict();

  private HistoryChecker(History history) {
    this.history = history;
  }

  /** Judges every key. */
  public static Verdict check(History history) {
    return new HistoryChecker(history).checkAll();
  }

  private Verdict checkAll() {
    int[] starts = new int[history.keys() + 1];
    for (int row = 0; row < history.size(); row++) {
      starts[history.keyOf(row) + 1]++;
    }
    for (int key = 0; key < history.keys(); key++) {
      starts[key + 1] += starts[key];
    }
    int[] next = starts.clone();
    int[] byKey = new int[history.size()];
    for (int row = 0; row < history.size(); row++) {
      byKey[next[history.keyOf(row)]++] = row;
    }
    for (int key = 0; key < history.keys(); key++) {
      checkKey(key, byKey, starts[key], starts[key + 1]);
    }
    return verdict;
  }

  private void checkKey(int key, int[] byKey, int from, int to) {
    KeyHistory rows = new KeyHistory(history, key);
    for (int i = from; i < to; i++) {
      int row = byKey[i];
      verdict.count(history.isAcknowledged(row));
      if (isExpected(row)) {
        rows.add(row);
      } else {
        verdict.wrong(history.describe(row) + " was answered with " + history.replyKind(row));
      }
    }
    Reply last = history.finalOf(key);
    if (last != null && last.kind() != Reply.Kind.BULK && last.kind() != Reply.Kind.NIL) {
      verdict.wrong("final GET " + history.key(key) + " was answered with " + last.kind());
      return;
    }
    if (rows.kinds() > 1) {
      verdict.wrong("key " + history.key(key) + " mixes commands: it cannot be judged");
      return;
    }
    if (rows.has(LoadCommand.INCR)) {
      new CounterCheck(rows, verdict).check();
    } else if (rows.has(LoadCommand.APPEND)) {
      new AppendCheck(rows, verdict).check();
    } else {
      new ReadWriteCheck(rows, verdict).check();
    }
  }

  private boolean isExpected(int row) {
    return switch (history.replyKind(row)) {
      case NONE -> true;
      case STATUS -> history.command(row) == LoadCommand.SET;
      case INTEGER ->
          history.command(row) == LoadCommand.INCR || history.command(row) == LoadCommand.APPEND;
      case BULK, NIL -> history.command(row) == LoadCommand.GET;
      case ERROR -> false;
    };
  }
}
