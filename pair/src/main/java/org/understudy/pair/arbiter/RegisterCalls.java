package org.understudy.pair.arbiter;

import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.ownership.RegisterPort;

/** An agent's calls to the arbiter: asked for in a duty cycle, answered in a later one. */
public interface RegisterCalls extends RegisterPort {
  /** Delivers the answers that arrived; returns their number. */
  int poll(RegisterAnswers sink);

  /** The register as it was last read or written here; null before. */
  Register lastSeen();
}
