package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.Verdict;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.node.program.ExitCode;
import org.understudy.node.status.NodeState;
import org.understudy.service.front.FrontSettings;
import redis.clients.jedis.Jedis;

/** Clients that ask for much and read nothing cost others neither answers nor the guest. */
@Timeout(300)
class SlowClientsTest {
  private static final int VALUE_BYTES = 6 << 20;
  private static final int SMALL_WINDOW_BYTES = 4096;

  /** A busy host must not make the primary give the backup up; a killed process is seen at once. */
  private static final String[] PATIENT = {
    "detect { timeout = 100 s, primaryTimeout = 150 s }", "commit.timeout = 200 s"
  };

  @TempDir Path directory;
  private final List<Socket> slow = new ArrayList<>();

  @Test
  void shouldAnswerEveryOtherClientThroughAKillWhenManyDoNotRead()
      throws IOException, InterruptedException {
    int clients = Integer.getInteger("understudy.slow.clients", 120);
    try (RunningPair running = new RunningPair(directory, PATIENT)) {
      setValue(running);
      LoadThread load = running.load(7);
      NodeProcess backup = running.pair.backup();
      askAndDoNotRead(running.pair.backupFront(), clients);
      Await.until(
          "slow clients are closed",
          RunningPair.TIMEOUT_MS,
          () -> RunningPair.status(backup).front().slowClientsClosed() > 0);
      long most = residentBytes(backup);

      running.pair.primary().kill();
      RunningPair.awaitTakeover(backup);
      load.awaitAnswers(2_000);
      most = Math.max(most, residentBytes(backup));
      Verdict verdict = RunningPair.judge(load, running.pair.backupFront());

      assertThat(verdict.findings()).isEmpty();
      assertThat(RunningPair.status(backup).state()).isEqualTo(NodeState.SOLO);
      assertThat(most).as("resident memory").isLessThan(printedBudget(backup));

      CloseHelper.quietCloseAll(slow);
      long peak = most;
      Await.until(
          "memory is given back",
          RunningPair.TIMEOUT_MS,
          () -> residentBytes(backup) < peak - FrontSettings.DEFAULT_MAX_QUEUED_BYTES / 2);
      // A new backup's copy needs memory of its own.
      running.pair.rolesChanged();
      running.pair.startBackup();
      running.awaitProtected();
    } finally {
      CloseHelper.quietCloseAll(slow);
    }
  }

  @Test
  void shouldEndTheBackupThoughClientsDoNotTakeTheirLastReplies()
      throws IOException, InterruptedException {
    try (RunningPair running = new RunningPair(directory)) {
      setValue(running);
      askAndDoNotRead(running.pair.backupFront(), 4);
      NodeProcess backup = running.pair.backup();
      Await.until(
          "replies wait",
          RunningPair.TIMEOUT_MS,
          () -> RunningPair.status(backup).front().queuedBytes() > VALUE_BYTES);

      int code = running.pair.primary().stop(RunningPair.TIMEOUT_MS);
      int other = backup.awaitExit(RunningPair.TIMEOUT_MS);

      assertThat(code).isEqualTo(ExitCode.OK);
      assertThat(other).as(backup.output()).isEqualTo(ExitCode.OK);
    } finally {
      CloseHelper.quietCloseAll(slow);
    }
  }

  private static void setValue(RunningPair running) {
    try (Jedis client = RunningPair.jedis(running.pair.backupFront())) {
      client.set("long".getBytes(StandardCharsets.US_ASCII), new byte[VALUE_BYTES]);
    }
  }

  private void askAndDoNotRead(InetSocketAddress front, int clients) throws IOException {
    for (int i = 0; i < clients; i++) {
      Socket client = new Socket();
      slow.add(client);
      client.setReceiveBufferSize(SMALL_WINDOW_BYTES);
      client.connect(front);
      client.getOutputStream().write("GET long\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** What the node itself said at its start that it takes at most. */
  private static long printedBudget(NodeProcess node) throws IOException {
    Matcher line =
        Pattern.compile("budget: at most ([0-9.]+) (MiB|GiB) of memory").matcher(node.output());
    assertThat(line.find()).as(node.output()).isTrue();
    double rough = Double.parseDouble(line.group(1)) - 0.05; // it is rounded
    return (long) (rough * (line.group(2).equals("MiB") ? 1 << 20 : 1 << 30));
  }

  private static long residentBytes(NodeProcess node) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + node.pid() + "/status"))) {
      if (line.startsWith("RssAnon:")) {
        return Long.parseLong(line.replaceAll("\\D+", "")) << 10;
      }
    }
    throw new IOException("process " + node.pid() + " has no resident memory");
  }
}
