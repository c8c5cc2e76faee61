package org.understudy.protocol.seal;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused, and tells each cause once until the peers have understood each other.
 */
final class SealNotes {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.seal");

  /** Whoever invents causes fills no log. */
  private static final int MOST_TOLD = 16;

  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
  private final Set<String> told = new HashSet<>();
  private long total;

  void refuse(Refusal cause, String detail) {
    total++;
    refused.merge(cause, 1L, Long::sum);
    tell(cause.name(), cause.text() + detail);
  }

  /** A hint of the peer, which proves nothing. */
  void tell(String cause, String text) {
    if (told.size() < MOST_TOLD && told.add(cause)) {
      LOG.warn("refused {} (told once)", text);
    }
  }

  /** A peer has proved itself: what is refused from now on is news. */
  void understood() {
    told.clear();
  }

  long total() {
    return total;
  }

  long of(Refusal cause) {
    return refused.getOrDefault(cause, 0L);
  }
}
