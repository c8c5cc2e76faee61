package org.understudy.node.role;

import java.util.EnumSet;
import java.util.Set;
import org.understudy.node.status.NodeState;

/**
 * When to say once more that a guest runs without a copy: the line at the change is soon far up in
 * the log, and a pair that is none any more serves on as if nothing were.
 */
final class UnprotectedReminder {
  private static final Set<NodeState> WITHOUT_A_COPY =
      EnumSet.of(
          NodeState.SOLO,
          NodeState.CONNECTING,
          NodeState.SYNCING,
          NodeState.LINK_LOST,
          NodeState.CLAIMING);

  private final long intervalNs;
  private boolean isWithout;
  private long dueNs;

  UnprotectedReminder(long intervalNs) {
    this.intervalNs = intervalNs;
  }

  /** Whether an interval is over since it lost its copy, or since the last reminder. */
  boolean isDue(boolean hasGuest, NodeState state, long nowNs) {
    boolean wasWithout = isWithout;
    isWithout = hasGuest && WITHOUT_A_COPY.contains(state);
    if (isWithout && (!wasWithout || nowNs - dueNs >= 0)) {
      dueNs = nowNs + intervalNs;
      return wasWithout;
    }
    return false;
  }
}
