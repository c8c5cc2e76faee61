package org.understudy.protocol.seal;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each cause of a refusal once until the peers have understood each other. */
final class SealNotes {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.seal");

  /** Whoever invents causes fills no log. */
  private static final int MOST_TOLD = 16;

  private final Set<String> told = new HashSet<>();

  void refuse(Refusal cause, String detail) {
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
}
