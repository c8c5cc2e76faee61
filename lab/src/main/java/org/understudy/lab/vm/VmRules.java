package org.understudy.lab.vm;

import java.util.List;
import org.understudy.lab.demo.DemoResult;
import org.understudy.lab.judge.CheckCommand;

/** What makes the demo fail; each rule with the reason that a reader needs. */
final class VmRules {
  /** Epochs that {@code --verify} compares before each kill. */
  static final int VERIFIED_EPOCHS = 10;

  private final VmResult result;
  private final List<String> failures;

  private VmRules(VmResult result) {
    this.result = result;
    this.failures = result.base.failures;
  }

  static void judge(VmResult result) {
    VmRules rules = new VmRules(result);
    rules.kills();
    rules.clients();
    rules.guest();
  }

  /** Only what clients and guest have seen. */
  static void judgeClients(VmResult result) {
    VmRules rules = new VmRules(result);
    rules.clients();
    rules.guest();
  }

  private void kills() {
    DemoResult base = result.base;
    fail(
        result.kills.size() < result.killsAsked,
        result.kills.size() + " kills in place of " + result.killsAsked);
    fail(
        result.kills.stream().anyMatch(kill -> !kill.delivered()),
        "a primary was not killed by SIGKILL");
    fail(
        base.takeovers != result.kills.size(),
        base.takeovers + " takeovers after " + result.kills.size() + " kills");
    fail(
        !result.kills.isEmpty() && base.afterTakeover == 0,
        "nothing was answered after a takeover");
  }

  private void clients() {
    DemoResult base = result.base;
    fail(!base.verdict.isOk(), "redis: the checker found " + CheckCommand.summary(base.verdict));
    fail(base.brokenConnections > 0, "redis: " + base.brokenConnections + " connections broke");
    tally("nginx", result.nginx);
    tally("the long-lived connection", result.probe);
    if (result.wrk != null) {
      fail(
          result.wrk.errors() > 0,
          "wrk: "
              + result.wrk.socketErrors()
              + " socket errors, "
              + result.wrk.otherStatuses()
              + " answers that were not 2xx or 3xx");
      fail(result.wrk.requests() == 0, "wrk: no request was answered");
    }
    fail(base.sent > 0 && result.nginx.operations() == 0, "nginx answered nothing");
  }

  private void tally(String name, Tally tally) {
    if (!tally.isOk()) {
      failures.add(
          String.format(
              "%s: %d lost, %d doubled, %d out of order, %d wrong replies, %d connections broken",
              name,
              tally.lost(),
              tally.duplicated(),
              tally.reordered(),
              tally.wrong(),
              tally.broken()));
    }
  }

  private void guest() {
    fail(
        !result.bootIdBefore.equals(result.bootIdAfter),
        "the guest has rebooted: boot id " + result.bootIdBefore + ", then " + result.bootIdAfter);
    if (result.hasDisk) {
      tally("the disk writer's page", result.diskWatch);
      fail(result.disk.last() < 0, "there is no record on the disk");
      fail(result.recordsLost() > 0, result.recordsLost() + " records are missing on the disk");
      fail(result.disk.damaged() > 0, result.disk.damaged() + " sectors of the disk are damaged");
    }
    if (result.verify) {
      fail(
          result.base.verifiedEpochs < VERIFIED_EPOCHS * result.killsAsked,
          "RAM and image were compared at " + result.base.verifiedEpochs + " epochs only");
      fail(
          !result.base.verifyMismatches.isEmpty(),
          "RAM and image differ at " + String.join(", ", result.base.verifyMismatches));
    }
  }

  private void fail(boolean condition, String reason) {
    if (condition) {
      failures.add(reason);
    }
  }
}
