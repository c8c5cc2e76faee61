package org.understudy.pair.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;

class ArbiterWorkerTest {
  private static final Register THREE = new Register(7, 3, new Ownership.Solo(new NodeId("a", 1)));

  /** What the next call does. */
  private interface Behaviour {
    Optional<Register> read() throws IOException;
  }

  private volatile Behaviour behaviour = () -> Optional.of(THREE);
  private final Semaphore answered = new Semaphore(0);
  private final List<String> told = new ArrayList<>();
  private final List<String> errors = java.util.Collections.synchronizedList(new ArrayList<>());
  private final ArbiterWorker worker =
      new ArbiterWorker(
          new Arbiter() {
            @Override
            public Optional<Register> read() throws IOException {
              return behaviour.read();
            }

            @Override
            public boolean compareAndSet(Register next) throws IOException {
              behaviour.read();
              return true;
            }

            @Override
            public void rehearse() {}

            @Override
            public String describe() {
              return "test";
            }

            @Override
            public void close() {}
          },
          answered::release,
          e -> errors.add(e.getMessage()));

  @AfterEach
  void close() {
    worker.close();
  }

  private String read() throws InterruptedException {
    worker.readRegister(1);
    return answer();
  }

  private String answer() throws InterruptedException {
    assertThat(answered.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    told.clear();
    worker.poll(
        new RegisterAnswers() {
          @Override
          public void onWritten(long request, boolean written) {
            told.add("written " + written);
          }

          @Override
          public void onRegister(long request, Register register) {
            told.add("register " + register);
          }

          @Override
          public void onArbiterFailed(long request) {
            told.add("failed");
          }
        });
    return told.getFirst();
  }

  @Test
  void shouldAnswerWhenACallEndsInAnythingAtAll() throws InterruptedException {
    List<Throwable> all =
        List.of(
            new IOException("io"),
            new IllegalArgumentException("argument"),
            new OutOfMemoryError("memory"));
    for (Throwable thrown : all) {
      behaviour =
          () -> {
            switch (thrown) {
              case IOException e -> throw e;
              case RuntimeException e -> throw e;
              default -> throw (Error) thrown;
            }
          };
      assertThat(read()).isEqualTo("failed");
      worker.compareAndSet(2, THREE);
      assertThat(answer()).isEqualTo("failed");
      assertThat(worker.trouble()).contains(thrown.getMessage());
    }
    behaviour = () -> Optional.of(THREE);
    assertThat(read()).startsWith("register");
    assertThat(worker.isReachable()).isTrue();
  }

  @Test
  void shouldKeepTheLastRegisterThatCountsAndSayWhatIsMissing() throws InterruptedException {
    worker.onStart(THREE);
    behaviour = Optional::empty;
    assertThat(read()).isEqualTo("register null");
    assertThat(worker.lastSeen()).isEqualTo(THREE);
    assertThat(worker.isReachable()).isFalse();
    assertThat(worker.trouble()).contains("no register", "generation 3 of register 7");
  }

  @Test
  void shouldTellAReasonOnceInARow() throws InterruptedException {
    behaviour =
        () -> {
          throw new IOException("no such directory");
        };
    for (int i = 0; i < 5; i++) {
      read();
    }
    assertThat(errors).containsExactly("no such directory");
  }

  @Test
  void shouldReadOnceForAllThatAskedWhileTheArbiterHung() throws InterruptedException {
    Semaphore called = new Semaphore(0);
    Semaphore goesOn = new Semaphore(0);
    behaviour =
        () -> {
          called.release();
          goesOn.acquireUninterruptibly();
          return Optional.of(THREE);
        };
    worker.readRegister(1);
    assertThat(called.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    for (int request = 2; request < 10_000; request++) {
      worker.readRegister(request);
      worker.readRegister((1L << 40) + request);
      worker.look();
    }
    for (int write = 0; write <= ArbiterQueue.MAX_WRITES; write++) {
      worker.compareAndSet(write, THREE);
    }
    assertThat(worker.trouble()).contains("hangs");
    goesOn.release(Integer.MAX_VALUE / 2);
    // Both reads, the writes that were taken, and each time once.
    assertThat(answered.tryAcquire(2 + ArbiterQueue.MAX_WRITES, 30, TimeUnit.SECONDS)).isTrue();
    List<Long> requests = new ArrayList<>();
    worker.poll(
        new RegisterAnswers() {
          @Override
          public void onWritten(long request, boolean written) {}

          @Override
          public void onRegister(long request, Register register) {
            requests.add(request);
          }

          @Override
          public void onArbiterFailed(long request) {
            assertThat(request).isEqualTo(ArbiterQueue.MAX_WRITES);
          }
        });
    assertThat(requests).containsExactly(1L, 9_999L, (1L << 40) + 9_999);
    assertThat(called.availablePermits()).isEqualTo(1 + ArbiterQueue.MAX_WRITES);
  }
}
