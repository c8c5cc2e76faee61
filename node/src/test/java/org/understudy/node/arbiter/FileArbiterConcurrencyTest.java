package org.understudy.node.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

@Timeout(60)
class FileArbiterConcurrencyTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 40;

  @TempDir private Path directory;

  @Test
  void shouldLetExactlyOneWinWhenManyThreadsClaimTheSameGeneration() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<List<Long>>> wins = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        NodeId self = new NodeId("n" + t, t);
        wins.add(threads.submit(() -> claimEveryRound(barrier, self)));
      }
      List<Long> all = new ArrayList<>();
      for (Future<List<Long>> future : wins) {
        all.addAll(future.get());
      }
      assertThat(all)
          .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, ROUNDS).boxed().toList());
    }
  }

  private List<Long> claimEveryRound(CyclicBarrier barrier, NodeId self) throws Exception {
    FileArbiter arbiter = new FileArbiter(directory);
    List<Long> won = new ArrayList<>();
    for (long generation = 1; generation <= ROUNDS; generation++) {
      barrier.await();
      if (arbiter.compareAndSet(new Register(5, generation, new Ownership.Solo(self)))) {
        won.add(generation);
      }
    }
    return won;
  }

  @Test
  void shouldLetExactlyOneWinWhenTwoProcessesClaim() throws Exception {
    FileArbiter arbiter = new FileArbiter(directory);
    arbiter.compareAndSet(new Register(5, 1, new Ownership.Solo(new NodeId("x", 1))));
    long last = 60;
    try (Child one = new Child("one", last);
        Child two = new Child("two", last)) {
      one.await("waiting");
      two.await("waiting");
      one.go();
      two.go();
      List<Long> won = one.winsUntilDone();
      won.addAll(two.winsUntilDone());
      assertThat(won)
          .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(2, last).boxed().toList());
    }
  }

  @Test
  void shouldBlockNobodyWhenAProcessIsStoppedInTheMiddleOfItsClaim() throws Exception {
    FileArbiter arbiter = new FileArbiter(directory);
    Register first = new Register(5, 1, new Ownership.Solo(new NodeId("x", 1)));
    arbiter.compareAndSet(first);
    try (Child frozen = new Child("frozen", 2, "freeze")) {
      frozen.await("waiting");
      Register mine = first.next(new Ownership.Solo(new NodeId("y", 2)));
      assertThat(arbiter.compareAndSet(mine)).isTrue();
      frozen.go();
      assertThat(frozen.winsUntilDone()).isEmpty();
      assertThat(arbiter.read()).contains(mine);
    }
  }

  private final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    Child(String name, long last, String... mode) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Claimer.class.getName(),
                  directory.toString(),
                  name,
                  Long.toString(last)));
      command.addAll(List.of(mode));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      output = process.inputReader();
    }

    void await(String line) throws IOException {
      String next = output.readLine();
      while (next != null && !next.equals(line)) {
        next = output.readLine();
      }
      assertThat(next).isEqualTo(line);
    }

    void go() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }

    List<Long> winsUntilDone() throws IOException {
      List<Long> wins = new ArrayList<>();
      String line = output.readLine();
      while (line != null && !line.equals("done")) {
        if (line.startsWith("won ")) {
          wins.add(Long.parseLong(line.substring(4)));
        }
        line = output.readLine();
      }
      assertThat(line).isEqualTo("done");
      return wins;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
