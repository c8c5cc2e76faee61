package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;

/**
 * Clients of PostgreSQL in a whole Debian, and their judge: acknowledged inserts over connections
 * that last, pg_amcheck in the guest, and fsck of both disks after the guest's orderly end.
 */
final class FullGuestClients implements ChaosClients {
  private static final long BOOT_TIMEOUT_NS = TimeUnit.MINUTES.toNanos(10);
  private static final int CONNECT_MS = 2_000;
  private static final int CHECK_MS = 600_000;
  private static final long END_MS = 180_000;
  private static final String BOOT_ID = "SELECT pg_read_file('/proc/sys/kernel/random/boot_id')";
  private static final String AMCHECK =
      "CREATE TEMP TABLE said (line text);"
          + "COPY said FROM PROGRAM '/usr/lib/postgresql/*/bin/pg_amcheck --all --install-missing"
          + " --heapallindexed 2>&1; echo exit $?'"
          + " (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02');"
          + "SELECT line FROM said";
  private static final String CHECKSUMS =
      "SELECT coalesce(sum(checksum_failures), -1) FROM pg_stat_database";
  private static final String POWER_OFF = "COPY (SELECT 1) TO '/var/lib/postgresql/poweroff'";

  private final VmPair pair;
  private final ChaosPair.Options options;
  private final int patienceMs;
  private final InetSocketAddress server = VmLayout.postgres();
  private final Tally tally = new Tally();
  private final List<InsertClient> clients = new ArrayList<>();
  private String bootId = "";
  private String checked = "";

  FullGuestClients(VmPair pair, ChaosPair.Options options, int patienceMs) {
    this.pair = pair;
    this.options = options;
    this.patienceMs = patienceMs;
  }

  @Override
  public void start() throws IOException, InterruptedException {
    try (PgConnection first = awaitServer()) {
      bootId = first.query(BOOT_ID).toString();
      first.query(InsertClient.schema(options.connections()));
    }
    long intervalNs = TimeUnit.SECONDS.toNanos(options.connections()) / options.rate();
    for (int i = 0; i < options.connections(); i++) {
      clients.add(new InsertClient(server, patienceMs, i, intervalNs, tally));
    }
  }

  private PgConnection awaitServer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + BOOT_TIMEOUT_NS;
    while (true) {
      pair.requireAlive();
      try {
        return new PgConnection(server, CONNECT_MS);
      } catch (IOException e) {
        if (System.nanoTime() - deadline > 0) {
          throw new UserError(
              ExitCode.FAILED, "PostgreSQL does not answer in time: " + e.getMessage(), e);
        }
      }
      pause(200);
    }
  }

  @Override
  public void pause(long ms) throws InterruptedException {
    if (Shutdown.await(ms)) {
      throw new UserError(ExitCode.INTERRUPTED, "interrupted");
    }
  }

  @Override
  public boolean isAnsweredSince(long instantNs) {
    return clients.getFirst().arrivals().isAnsweredSince(instantNs);
  }

  @Override
  public List<String> findings() {
    return tally.findings();
  }

  @Override
  public long longestGapNs(long sinceNs) {
    return clients.getFirst().arrivals().longestGapNs(sinceNs, System.nanoTime());
  }

  @Override
  public List<String> finish() throws IOException, InterruptedException {
    clients.forEach(InsertClient::stop);
    List<String> found = new ArrayList<>();
    try (PgConnection last = new PgConnection(server, CHECK_MS)) {
      readBack(last);
      check(last, found);
      last.query(POWER_OFF);
    } catch (IOException e) {
      found.add("PostgreSQL cannot be asked in the end: " + e.getMessage());
    }
    if (found.isEmpty()) {
      endAndCheckDisks(found);
    }
    found.addAll(tally.findings());
    return found;
  }

  private void readBack(PgConnection last) throws IOException {
    List<List<String>> rows = last.query(InsertClient.readBack());
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).judgeReadBack(i < rows.size() ? rows.get(i) : List.of());
    }
  }

  private void check(PgConnection last, List<String> found) throws IOException {
    String now = last.query(BOOT_ID).toString();
    if (!now.equals(bootId)) {
      found.add("the guest has rebooted: boot id " + bootId + ", then " + now);
    }
    List<List<String>> said = last.query(AMCHECK);
    checked = "pg_amcheck " + (said.isEmpty() ? "said nothing" : said.getLast().getFirst());
    if (said.size() != 1 || !said.getFirst().getFirst().equals("exit 0")) {
      found.add("pg_amcheck: " + said);
    }
    String failures = last.query(CHECKSUMS).getFirst().getFirst();
    if (!failures.equals("0")) {
      found.add("pages with a wrong checksum: " + failures);
    }
  }

  /** The guest ends in order: its file systems must need no repair, on either node. */
  private void endAndCheckDisks(List<String> found) throws InterruptedException {
    for (NodeProcess node : List.of(pair.primary(), pair.backup())) {
      int code = node.awaitExit(END_MS);
      if (code != ExitCode.OK) {
        found.add("node " + node.name() + " ended with exit code " + code);
      }
    }
    for (Place place : Place.values()) {
      try {
        Tool.run("", List.of("e2fsck", "-f", "-n", pair.disk(place).toString()));
      } catch (IOException e) {
        found.add("fsck of node " + place.node() + "'s disk: " + e.getMessage());
      }
    }
  }

  @Override
  public String summary() {
    return String.format(
        "%d inserts acknowledged over %d connections, %s",
        clients.stream().mapToLong(InsertClient::acknowledged).sum(), clients.size(), checked);
  }

  @Override
  public void close() {
    CloseHelper.closeAll(clients);
  }
}
