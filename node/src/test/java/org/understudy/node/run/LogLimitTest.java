package org.understudy.node.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogLimitTest {
  private final AtomicLong clock = new AtomicLong();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Logger log;

  @BeforeEach
  void context() {
    LoggerContext context = new LoggerContext();
    LogLimit limit = new LogLimit(clock::get);
    limit.start();
    context.addTurboFilter(limit);
    log = context.getLogger("understudy.x");
    log.setLevel(Level.INFO);
    lines.setContext(context);
    lines.start();
    log.addAppender(lines);
  }

  private List<String> texts() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void shouldTellACauseOnceAndThenHowOftenItCameBack() {
    for (int i = 0; i < 50; i++) {
      log.warn("turned away port {}: {}", i, "no hello");
    }
    assertThat(texts()).containsExactly("turned away port 0: no hello");
    clock.addAndGet(LogLimit.INTERVAL_NS);
    log.warn("turned away port {}: {}", 50, "no hello");
    assertThat(texts())
        .containsExactly(
            "turned away port 0: no hello",
            "49 lines like the next one were left out",
            "turned away port 50: no hello");
  }

  @Test
  void shouldTellEachCauseAndBoundThoseThatAStrangerInvents() {
    log.error("cannot write: {}", "disk full");
    log.error("cannot write: {}", "no such file");
    assertThat(texts()).hasSize(2);
    for (char c = 'a'; c <= 'z'; c++) {
      log.error("cannot write: {}", String.valueOf(c));
    }
    assertThat(texts()).hasSize(LogLimit.PER_KIND);
  }

  @Test
  void shouldLetEverythingBelowAWarningPass() {
    for (int i = 0; i < 50; i++) {
      log.info("state {}", i);
    }
    assertThat(texts()).hasSize(50);
  }
}
