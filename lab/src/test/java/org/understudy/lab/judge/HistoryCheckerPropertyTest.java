package org.understudy.lab.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replay one failure with -Dunderstudy.checker.seed=N. */
class HistoryCheckerPropertyTest {
  private static final int HISTORIES = 20_000;

  @ParameterizedTest
  @EnumSource(
      value = LoadCommand.class,
      names = {"INCR", "APPEND", "SET"})
  void shouldAgreeWithBruteForceWhenHistoriesAreTiny(LoadCommand writing) {
    long seed = Long.getLong("understudy.checker.seed", System.nanoTime());
    System.out.println("history checker, " + writing + ": understudy.checker.seed=" + seed);
    Random random = new Random(seed);
    int legal = 0;
    for (int i = 0; i < HISTORIES; i++) {
      List<BruteForce.Op> operations = execute(random, writing);
      Reply last = finalReply;
      for (int damage = random.nextInt(5); damage > 0; damage--) {
        last = damage(random, operations, last);
      }
      boolean expected = new BruteForce(operations, last).isLinearizable();
      Verdict verdict = HistoryChecker.check(history(operations, last));
      assertThat(verdict.isOk())
          .as("seed %d history %d: %s, final %s: %s", seed, i, operations, last, verdict.findings())
          .isEqualTo(expected);
      legal += expected ? 1 : 0;
    }
    // 60 % are legal for INCR, 82 % for SET: the bounds are 29 standard deviations away.
    assertThat(legal)
        .as("seed %d: legal histories", seed)
        .isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  private Reply finalReply;

  /** Random overlapping operations, executed one after the other at an instant of each. */
  private List<BruteForce.Op> execute(Random random, LoadCommand writing) {
    int count = 1 + random.nextInt(6);
    List<BruteForce.Op> plan = new ArrayList<>();
    List<Long> effects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long effect = random.nextInt(30);
      LoadCommand command = random.nextInt(3) == 0 ? LoadCommand.GET : writing;
      String value =
          command.writes() && command != LoadCommand.INCR
              ? (char) ('a' + i) + "x".repeat(random.nextInt(3))
              : null;
      plan.add(
          new BruteForce.Op(
              command, value, effect - random.nextInt(8), effect + random.nextInt(8), null));
      effects.add(effect);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i);
    }
    Collections.shuffle(order, random);
    order.sort(Comparator.comparing(effects::get));
    String state = null;
    List<BruteForce.Op> done = new ArrayList<>();
    for (int i : order) {
      BruteForce.Op op = plan.get(i);
      boolean unknown = random.nextInt(5) == 0;
      Reply reply = unknown ? null : BruteForce.reply(op, state);
      done.add(new BruteForce.Op(op.command(), op.value(), op.invokeNs(), op.returnNs(), reply));
      if (!unknown || random.nextBoolean()) {
        state = BruteForce.after(op, state);
      }
    }
    finalReply = BruteForce.reply(new BruteForce.Op(LoadCommand.GET, null, 0, 0, null), state);
    return done;
  }

  /** Something a broken server might do: another reply, times or final content. */
  private static Reply damage(Random random, List<BruteForce.Op> operations, Reply last) {
    int at = random.nextInt(operations.size());
    BruteForce.Op op = operations.get(at);
    BruteForce.Op other = operations.get(random.nextInt(operations.size()));
    switch (random.nextInt(4)) {
      case 0 -> {
        if (op.isKnown() && other.isKnown() && op.command() == other.command()) {
          operations.set(at, with(op, op.invokeNs(), op.returnNs(), other.reply()));
        }
      }
      case 1 -> operations.set(at, with(op, other.invokeNs(), other.returnNs(), op.reply()));
      case 2 -> {
        if (op.isKnown() && op.reply().kind() == Reply.Kind.INTEGER) {
          long number = Math.max(1, op.reply().number() + random.nextInt(3) - 1);
          operations.set(at, with(op, op.invokeNs(), op.returnNs(), Reply.integer(number)));
        }
      }
      default -> {
        if (op.isKnown() && op.command() == LoadCommand.GET) {
          return op.reply();
        }
        return last.kind() == Reply.Kind.BULK ? shorter(random, last) : last;
      }
    }
    return last;
  }

  private static BruteForce.Op with(BruteForce.Op op, long invoke, long returned, Reply reply) {
    return new BruteForce.Op(op.command(), op.value(), invoke, returned, reply);
  }

  private static Reply shorter(Random random, Reply last) {
    String text = last.text();
    if (text.matches("\\d+")) {
      return Reply.bulk(
          Long.toString(Long.parseLong(text) + 1).getBytes(StandardCharsets.US_ASCII));
    }
    return Reply.bulk(
        text.substring(0, random.nextInt(text.length()) + 1).getBytes(StandardCharsets.US_ASCII));
  }

  private static History history(List<BruteForce.Op> operations, Reply last) {
    History history = new History();
    int key = history.keyId("k");
    for (int i = 0; i < operations.size(); i++) {
      BruteForce.Op op = operations.get(i);
      byte[] value = op.value() == null ? null : op.value().getBytes(StandardCharsets.ISO_8859_1);
      int row = history.begin(i, 1, key, op.command(), value, op.invokeNs());
      if (op.isKnown()) {
        history.end(row, op.returnNs(), op.reply());
      }
    }
    history.finalRead(key, last);
    return history;
  }
}
