package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection to PostgreSQL that lasts as long as the run. Each transaction inserts the next
 * entry and counts up, and is asked for when the one before is acknowledged: at each moment there
 * is one at most of which nobody can say whether it took effect.
 */
final class InsertClient implements AutoCloseable {
  private final int number;
  private final long intervalNs;
  private final PgConnection connection;
  private final Arrivals arrivals = new Arrivals();
  private final Tally tally;
  private final Thread thread;
  private volatile boolean isStopping;
  private volatile long acknowledged;

  InsertClient(InetSocketAddress address, int timeoutMs, int number, long intervalNs, Tally tally)
      throws IOException {
    this.number = number;
    this.intervalNs = intervalNs;
    this.tally = tally;
    connection = new PgConnection(address, timeoutMs);
    thread = Thread.ofPlatform().daemon().name("inserts-" + number).start(this::run);
  }

  /** What all clients write to. */
  static String schema(int clients) {
    return "CREATE TABLE entries (client int, n bigint, filler text, PRIMARY KEY (client, n));"
        + "CREATE TABLE counters (client int PRIMARY KEY, value bigint);"
        + "INSERT INTO counters SELECT c, 0 FROM generate_series(0, "
        + (clients - 1)
        + ") c";
  }

  /** For each client: number, entries, the last one, how many are as they were written, counter. */
  static String readBack() {
    return "SELECT e.client, count(*), max(n),"
        + " count(*) FILTER (WHERE filler = repeat(md5(e.client || ':' || n), 8)), min(c.value)"
        + " FROM entries e JOIN counters c ON c.client = e.client GROUP BY e.client ORDER BY 1";
  }

  private void run() {
    long dueNs = System.nanoTime();
    try {
      while (!isStopping) {
        long nowNs = System.nanoTime();
        if (nowNs < dueNs) {
          LockSupport.parkNanos(dueNs - nowNs);
          continue;
        }
        dueNs = Math.max(dueNs + intervalNs, nowNs);
        insert();
      }
    } catch (IOException e) {
      tally.broken("client " + number + " after " + acknowledged + " entries: " + e);
    }
  }

  private void insert() throws IOException {
    arrivals.sent(System.nanoTime());
    String entry = number + ", " + acknowledged;
    List<List<String>> rows =
        connection.query(
            "INSERT INTO entries VALUES ("
                + entry
                + ", repeat(md5('"
                + entry.replace(", ", ":")
                + "'), 8)); UPDATE counters SET value = value + 1 WHERE client = "
                + number
                + " RETURNING value");
    arrivals.replied(System.nanoTime());
    acknowledged++;
    judge(rows);
  }

  private void judge(List<List<String>> rows) {
    if (rows.size() != 1) {
      tally.wrong("client " + number + " was answered with " + rows);
      return;
    }
    long value = Long.parseLong(rows.getFirst().getFirst());
    String what = "client " + number + " counted to " + value + " in place of " + acknowledged;
    if (value > acknowledged) {
      tally.duplicated(value - acknowledged, what);
    } else if (value < acknowledged) {
      tally.lost(acknowledged - value, what);
    } else {
      tally.good();
    }
  }

  /** Holds what was acknowledged against a line of {@link #readBack}; the load has ended. */
  void judgeReadBack(List<String> row) {
    List<String> expected =
        List.of(
            "" + number,
            "" + acknowledged,
            "" + (acknowledged - 1),
            "" + acknowledged,
            "" + acknowledged);
    if (!row.equals(expected)) {
      tally.lost(
          1,
          "client "
              + number
              + ": number, entries, last, as written, counter are "
              + row
              + " and not "
              + expected);
    }
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** Entries whose transaction was acknowledged. */
  long acknowledged() {
    return acknowledged;
  }

  /** Waits for the answer that is on its way and asks no more; the connection stays. */
  void stop() {
    isStopping = true;
    LockSupport.unpark(thread);
    Joins.join(thread);
  }

  @Override
  public void close() throws IOException {
    isStopping = true;
    connection.close();
    Joins.join(thread);
  }
}
