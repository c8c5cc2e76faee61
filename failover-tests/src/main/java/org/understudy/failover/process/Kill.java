package org.understudy.failover.process;

/**
 * One kill of a plan.
 *
 * @param number place in the whole plan, from 1
 * @param target who dies
 * @param delayUs when, after the clients have arrived at the backup's front (or, for {@link
 *     Target#SYNCING_BACKUP}, after the initial copy has begun)
 */
public record Kill(int number, Target target, long delayUs) {
  /** Who is killed. */
  public enum Target {
    /** The primary of a protected pair: the backup takes over, connections survive. */
    PRIMARY,
    /** The backup of a protected pair: the primary goes solo, clients reconnect. */
    BACKUP,
    /** The primary stands still by SIGSTOP until the backup took over, and wakes up fenced. */
    FROZEN_PRIMARY,
    /** The link between the nodes is cut until the backup took over: the primary is fenced. */
    CUT_LINK,
    /** A backup during its initial copy: the primary stays solo, its clients notice nothing. */
    SYNCING_BACKUP;

    /** Whether a process gets SIGKILL. */
    public boolean isSigkill() {
      return this != FROZEN_PRIMARY && this != CUT_LINK;
    }

    /** Whether the backup takes over, and connections survive. */
    public boolean isTakeover() {
      return this == PRIMARY || this == FROZEN_PRIMARY || this == CUT_LINK;
    }
  }
}
