package org.understudy.checkpoint.schedule;

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
      int before = HeadStart.nice(process.pid());
      if (HeadStart.give(process.pid())) {
        assertThat(HeadStart.nice(process.pid())).isLessThan(before);
      }
      while (HeadStart.nice(process.pid()) != before) {
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
      int lower = HeadStart.nice(process.pid()) + 1; // which everybody may ask for
      String[] threads = {Long.toString(ended.pid()), Long.toString(process.pid())};
      assertThat(HeadStart.set(threads, lower)).isTrue();
      assertThat(HeadStart.nice(process.pid())).isEqualTo(lower);
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
