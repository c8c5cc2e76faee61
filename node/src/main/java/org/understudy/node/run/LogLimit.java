package org.understudy.node.run;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Marker;

/**
 * Limits warnings and errors that repeat themselves: of one cause (the same words, whatever the
 * numbers in them) one line in ten seconds, of one kind (the same pattern) ten. The next line of a
 * cause that passes is preceded by one that says how many were left out. What is below a warning
 * always passes: a change of state is told each time.
 */
public final class LogLimit extends TurboFilter {
  static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
  static final int PER_KIND = 10;
  static final int MAX_CAUSES = 256;

  private static final int NEW_KIND = 0;

  private final LongSupplier clock;
  private final Map<String, Window> windows = new Lru();
  private boolean isTelling;

  /** As logback makes it. */
  public LogLimit() {
    this(System::nanoTime);
  }

  LogLimit(LongSupplier clock) {
    this.clock = clock;
  }

  private static final class Window {
    private final long startNs;
    private int passed;
    private long leftOut;

    Window(long startNs) {
      this.startNs = startNs;
    }
  }

  /** Causes that a stranger invents push each other out. */
  private static final class Lru extends LinkedHashMap<String, Window> {
    private static final long serialVersionUID = 1L;

    Lru() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
      return size() > MAX_CAUSES;
    }
  }

  @Override
  public FilterReply decide(
      Marker marker,
      Logger logger,
      Level level,
      String format,
      Object[] parameters,
      Throwable thrown) {
    if (format == null || !level.isGreaterOrEqual(Level.WARN)) {
      return FilterReply.NEUTRAL;
    }
    String kind = logger.getName() + ' ' + format;
    String cause = kind + ' ' + (Arrays.toString(parameters) + thrown).replaceAll("\\d+", "#");
    long leftOut;
    synchronized (windows) {
      if (isTelling) {
        return FilterReply.NEUTRAL;
      }
      long nowNs = clock.getAsLong();
      leftOut = admit(cause, 1, nowNs);
      if (leftOut < 0 || admit(kind, PER_KIND, nowNs) < 0) {
        return FilterReply.DENY;
      }
    }
    if (leftOut > NEW_KIND) {
      tell(logger, level, leftOut);
    }
    return FilterReply.NEUTRAL;
  }

  /** How many lines were left out before this one, which may pass; negative if it may not. */
  private long admit(String key, int limit, long nowNs) {
    Window window = windows.get(key);
    long leftOut = 0;
    if (window == null || nowNs - window.startNs >= INTERVAL_NS) {
      leftOut = window == null ? 0 : window.leftOut;
      window = new Window(nowNs);
      windows.put(key, window);
    }
    if (window.passed >= limit) {
      window.leftOut++;
      return -1;
    }
    window.passed++;
    return leftOut;
  }

  private void tell(Logger logger, Level level, long leftOut) {
    synchronized (windows) {
      isTelling = true;
      try {
        String text = leftOut + " lines like the next one were left out";
        if (level.isGreaterOrEqual(Level.ERROR)) {
          logger.error(text);
        } else {
          logger.warn(text);
        }
      } finally {
        isTelling = false;
      }
    }
  }
}
