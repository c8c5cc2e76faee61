package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.lab.judge.HistoryChecker;
import org.understudy.node.program.Version;

/**
 * The clients and the judge of the demo against a guest that is only stopped for a while: they must
 * find the stall, and nothing wrong.
 */
@Timeout(300)
class GuestLoadTest {
  private static final long STOPPED_MS = 400;
  private static final int EXCHANGES = 100;

  @TempDir private Path directory;

  @Test
  void shouldSeeAStallAndLoseNothing() throws Exception {
    Machine.assumeAll();
    assumeTrue(Wrk.isInstalled(), "wrk is in Debian's package wrk");
    try (Namespaces namespaces = new Namespaces(ProcessHandle.current().pid())) {
      VmLayout layout = new VmLayout(namespaces);
      layout.create();
      try (BareGuest guest = new BareGuest(namespaces, directory, List.of("us.cpu=1"))) {
        JsonNode seen = clients(layout, guest.process.pid());
        guest.kill();

        assertThat(seen.path("failures")).isEmpty();
        assertThat(seen.path("wrk").path("requests").asLong()).isPositive();
        assertThat(seen.path("clientStallMs").asDouble()).isGreaterThanOrEqualTo(STOPPED_MS);
        String bootId = seen.path("guestBootId").path("before").asText();
        DiskSequence records = DiskSequence.read(guest.disk, bootId);
        assertThat(records.holes() + records.damaged()).as("%s", records.findings()).isZero();
        assertThat(records.last()).isGreaterThanOrEqualTo(seen.path("lastRecordTold").asLong());
      }
    }
  }

  private JsonNode clients(VmLayout layout, long qemu) throws IOException, InterruptedException {
    Path output = directory.resolve("clients.json");
    List<String> command = new ArrayList<>(layout.clientPrefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Version.jvmFlags());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Clients.class.getName()));
    command.add(Long.toString(qemu));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return new ObjectMapper().readTree(output.toFile());
  }

  /** The clients, in their namespace: a program of its own. */
  static final class Clients {
    private Clients() {}

    public static void main(String[] arguments) throws Exception {
      VmDemoOptions options =
          new VmDemoOptions(
              1, 0, 64 << 20, 1, "tcg", 7, new VmDemoOptions.Clients(10, 500, 4), false, List.of());
      VmResult result = new VmResult();
      result.hasDisk = true;
      result.bootIdBefore = VmDemoRun.awaitBootId(() -> {});
      try (VmLoads loads = new VmLoads(options);
          Wrk wrk = Wrk.start()) {
        loads.start();
        awaitExchanges(loads, EXCHANGES);
        long fromNs = System.nanoTime();
        stopForAWhile(arguments[0]);
        awaitExchanges(loads, loads.probe().arrivals().repliedCount() + EXCHANGES);
        long stallNs = loads.probe().arrivals().longestGapNs(fromNs, System.nanoTime());
        result.wrk = wrk.finish();
        loads.finish(result);
        result.bootIdAfter = VmDemoRun.awaitBootId(() -> {});
        result.kills.add(new KillResult(0, true, stallNs / 1e6, 0, 0, java.util.Map.of()));
        result.killsAsked = 1;
        result.base.takeovers = 1;
        result.base.afterTakeover = 1;
        result.base.verdict = HistoryChecker.check(loads.redis().history());
        result.disk = new DiskSequence(result.lastRecordTold, 0, 0, List.of());
      }
      VmRules.judge(result);
      System.out.println(
          VmJson.of(result)
              .replaceFirst("\\{", "{ \"lastRecordTold\": " + result.lastRecordTold + ","));
    }

    private static void awaitExchanges(VmLoads loads, int count) throws InterruptedException {
      while (loads.probe().arrivals().repliedCount() < count) {
        loads.pause(10);
      }
    }

    private static void stopForAWhile(String pid) throws Exception {
      Tool.run("", List.of("kill", "-STOP", pid));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(STOPPED_MS));
      Tool.run("", List.of("kill", "-CONT", pid));
    }
  }
}
