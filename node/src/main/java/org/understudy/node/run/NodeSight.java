package org.understudy.node.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.node.status.NodeStatus;
import org.understudy.node.status.StatusFile;

/**
 * What can be seen of a node from outside: its status file, and whether a process stands behind it.
 *
 * @param presence whether the status is that of a process that lives
 * @param status the last one, null if there is none
 * @param ageUs how old it is
 */
public record NodeSight(Presence presence, NodeStatus status, long ageUs) {
  /** What stands behind a status file. */
  public enum Presence {
    /** Nobody ever wrote one there. */
    NONE,
    /** A process holds the directory and has not written one yet. */
    STARTS,
    /** A process that writes. */
    RUNS,
    /** A process that holds the directory and does not write any more. */
    HANGS,
    /** Its process has ended by itself. */
    ENDED,
    /** Its process was killed or crashed. */
    DIED
  }

  /** Looks at a node's directory; from another process than the node's own. */
  public static NodeSight look(Path directory, long nowUs) throws IOException {
    // The process first: one that ends between the two looks has written its last status then.
    boolean isOwned = RunDirectory.isOwned(directory);
    NodeStatus status = new StatusFile(directory.resolve(StatusFile.NAME)).read().orElse(null);
    boolean hasPid = Files.exists(directory.resolve(RunDirectory.PID));
    return of(isOwned, hasPid, status, nowUs);
  }

  static NodeSight of(boolean isOwned, boolean hasPid, NodeStatus status, long nowUs) {
    if (status == null) {
      return new NodeSight(isOwned ? Presence.STARTS : Presence.NONE, null, 0);
    }
    long ageUs = status.ageUs(nowUs);
    if (isOwned) {
      return new NodeSight(status.isStale(nowUs) ? Presence.HANGS : Presence.RUNS, status, ageUs);
    }
    return new NodeSight(hasPid ? Presence.DIED : Presence.ENDED, status, ageUs);
  }
}
