package org.understudy.lab.judge;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Builds histories of one client after another, each operation with its own instant. */
public final class HistoryBuilder {
  final History history = new History();
  private final Map<Integer, byte[]> values = new HashMap<>();
  private final Map<Integer, Reply> replies = new HashMap<>();
  private long nowNs;

  private int add(String key, LoadCommand command, String value, Reply reply) {
    nowNs += 10;
    byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.ISO_8859_1);
    int row = history.begin(1, history.size(), history.keyId(key), command, bytes, nowNs);
    values.put(row, bytes);
    if (reply != null) {
      history.end(row, nowNs + 5, reply);
      replies.put(row, reply);
    }
    return row;
  }

  public HistoryBuilder incr(long reply) {
    add("c", LoadCommand.INCR, null, Reply.integer(reply));
    return this;
  }

  public HistoryBuilder append(String value, long reply) {
    add("a", LoadCommand.APPEND, value, Reply.integer(reply));
    return this;
  }

  public HistoryBuilder set(String value) {
    add("r", LoadCommand.SET, value, Reply.status("OK"));
    return this;
  }

  public HistoryBuilder get(String key, String reply) {
    add(key, LoadCommand.GET, null, bulk(reply));
    return this;
  }

  public HistoryBuilder unknown(String key, LoadCommand command, String value) {
    add(key, command, value, null);
    return this;
  }

  HistoryBuilder error(String key, LoadCommand command) {
    add(key, command, null, Reply.error("ERR broken"));
    return this;
  }

  public HistoryBuilder last(String key, String value) {
    history.finalRead(history.keyId(key), bulk(value));
    return this;
  }

  Verdict check() {
    return HistoryChecker.check(history);
  }

  public void write(HistoryWriter writer) throws java.io.IOException {
    for (int row = 0; row < history.size(); row++) {
      writer.operation(history, row, values.get(row), replies.get(row));
    }
    for (int key = 0; key < history.keys(); key++) {
      if (history.finalOf(key) != null) {
        writer.finalRead(history.key(key), nowNs + 1, nowNs + 2, history.finalOf(key));
      }
    }
  }

  private static Reply bulk(String value) {
    return value == null ? Reply.NIL : Reply.bulk(value.getBytes(StandardCharsets.ISO_8859_1));
  }
}
