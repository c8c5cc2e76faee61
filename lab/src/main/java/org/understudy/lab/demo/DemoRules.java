package org.understudy.lab.demo;

import org.understudy.lab.judge.CheckCommand;
import org.understudy.lab.judge.Verdict;

/** What makes a demo fail; each rule with the reason that a reader needs. */
final class DemoRules {
  /** Fewer would not show that the service really went on. */
  static final int MIN_AFTER_TAKEOVER = 1_000;

  private DemoRules() {}

  static void judge(DemoResult result, boolean verify) {
    Verdict verdict = result.verdict;
    if (!verdict.isOk()) {
      result.failures.add("the checker found " + CheckCommand.summary(verdict));
    }
    fail(result, !result.killDelivered, "the primary was not killed by SIGKILL");
    fail(result, result.inFlightAtKill == 0, "nothing was in flight at the kill");
    fail(result, result.takeovers == 0, "there was no takeover");
    fail(result, result.takeovers > 1, result.takeovers + " takeovers in place of one");
    fail(
        result,
        result.takeover != null && result.takeover.firstAnswerAtUs() == 0,
        "nothing was answered after the takeover");
    fail(
        result,
        result.afterTakeover < MIN_AFTER_TAKEOVER,
        result.afterTakeover
            + " operations acknowledged after the takeover, fewer than "
            + MIN_AFTER_TAKEOVER);
    fail(
        result,
        result.brokenConnections > 0,
        result.brokenConnections + " client connections broke");
    if (verify) {
      fail(
          result,
          result.verifiedEpochs < DemoRun.VERIFIED_EPOCHS,
          "region and image were compared at " + result.verifiedEpochs + " epochs only");
      fail(
          result,
          !result.verifyMismatches.isEmpty(),
          "region and image differ at " + String.join(", ", result.verifyMismatches));
    }
  }

  private static void fail(DemoResult result, boolean condition, String reason) {
    if (condition) {
      result.failures.add(reason);
    }
  }
}
