package org.understudy.node.run;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.LoggerFactory;

/**
 * The log beside stderr, in the node's directory and of bounded size: the last words of a process
 * that was killed, whoever read its stderr. What the JVM wrote when it died by itself is brought
 * there by the next start.
 */
public final class NodeLog {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger("understudy.node");
  private static final String NAME = "node.log";
  private static final long MAX_BYTES = 4L << 20;

  /** The log and the one before it. */
  static final long CEILING_BYTES = 2 * MAX_BYTES;

  private NodeLog() {}

  /** Writes to {@code node.log} in this directory from now on. */
  public static void open(Path directory) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setName(NAME);
    appender.setFile(directory.resolve(NAME).toString());
    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(directory.resolve(NAME) + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(1);
    rolling.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(new FileSize(MAX_BYTES));
    trigger.start();
    appender.setEncoder(
        LogSetup.encoder(context, "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %msg%n%ex{short}"));
    appender.setRollingPolicy(rolling);
    appender.setTriggeringPolicy(trigger);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  /** Keeps what the JVM of a process that died said, and notes where this one would say it. */
  public static void keepLastWords(Path directory, OptionalLong deadPid) {
    if (deadPid.isPresent()) {
      CrashReport.keep(directory, deadPid.getAsLong())
          .ifPresentOrElse(
              report ->
                  LOG.warn(
                      "the JVM of the last process here ({}) crashed: its report is {}",
                      deadPid.getAsLong(),
                      report),
              () ->
                  LOG.warn(
                      "the last process here ({}) did not end in order; its last lines are in {}",
                      deadPid.getAsLong(),
                      directory.resolve(NAME)));
    }
    CrashReport.note(directory);
  }
}
