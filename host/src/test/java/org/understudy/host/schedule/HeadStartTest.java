package org.understudy.host.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeadStartTest {
  @Test
  void shouldEndByItselfWhereItCanBeHad() throws Exception {
    Process process = new ProcessBuilder("sleep", "50").start();
    try {
      int before = Priority.nice(process.pid());
      if (HeadStart.give(process.pid())) {
        assertThat(Priority.nice(process.pid())).isLessThan(before);
      }
      while (Priority.nice(process.pid()) != before) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  @Test
  void shouldPassOverAThreadThatEndsMeanwhile() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Process process = new ProcessBuilder("sleep", "50").start();
    try {
      int before = Priority.nice(process.pid());
      String[] threads = {Long.toString(ended.pid()), Long.toString(process.pid())};
      boolean isGiven = HeadStart.give(threads);
      assertThat(Priority.nice(process.pid())).isEqualTo(isGiven ? Priority.FIRST_NICE : before);
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  @Test
  void shouldTellThatItCannotBeHadForAProcessThatHasEnded() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(HeadStart.give(process.pid())).isFalse();
  }
}
