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
    /** A backup during its initial copy: the primary stays solo, its clients notice nothing. */
    SYNCING_BACKUP
  }
}
