package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.node.program.ExitCode;

@Timeout(120)
final class ThreadDeathsTest {
  /** A process whose main thread waits for ever, and whose other thread dies. */
  static final class Dying {
    private Dying() {}

    public static void main(String[] arguments) throws InterruptedException {
      ThreadDeaths deaths = ThreadDeaths.endTheProcess(ExitCode.BROKEN);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("an orderly end, which none is")));
      switch (arguments[0]) {
        case "last copy" -> stay(deaths);
        case "error" -> Thread.ofPlatform().daemon().name("doomed").start(Dying::failWithError);
        case "exception" -> Thread.ofPlatform().name("doomed").start(Dying::failWithException);
        default ->
            Executors.newSingleThreadExecutor(task -> new Thread(task, "doomed"))
                .execute(Dying::failWithError);
      }
      new CountDownLatch(1).await();
    }

    /** Nobody else has the guest when the thread dies; later somebody has. */
    private static void stay(ThreadDeaths deaths) throws InterruptedException {
      AtomicBoolean isLastCopy = new AtomicBoolean(true);
      deaths.stayWhile(isLastCopy::get);
      Thread doomed = Thread.ofPlatform().name("doomed").start(Dying::failWithError);
      doomed.join();
      deaths.endIfDue();
      System.out.println("still here, " + (deaths.isEndDue() ? "to end when it may" : "for good"));
      System.out.flush();
      isLastCopy.set(false);
      deaths.endIfDue();
    }

    private static void failWithError() {
      throw new OutOfMemoryError("of this test");
    }

    private static void failWithException() {
      throw new IllegalStateException("of this test");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"error", "exception", "executor"})
  void shouldEndTheProcessAtOnceWithALineAndACode(String how) throws Exception {
    assertThat(run(how))
        .contains("a thread died, this node ends at once", "thread doomed died", "of this test")
        .doesNotContain("an orderly end");
  }

  @Test
  void shouldStayWithTheLastCopyOfTheGuestAndEndWhenAnotherNodeHasIt() throws Exception {
    assertThat(run("last copy"))
        .contains("thread doomed died; the guest goes on here", "still here, to end when it may")
        .contains("the guest is protected now: this node ends")
        .doesNotContain("an orderly end");
  }

  private static String run(String how) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Dying.class.getName(),
                how)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(ExitCode.BROKEN);
    return said;
  }
}
