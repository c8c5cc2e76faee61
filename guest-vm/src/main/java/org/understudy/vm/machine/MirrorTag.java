package org.understudy.vm.machine;

/**
 * What goes with a mirrored frame in the place of a session's number: the interface, and whether
 * the primary's guest never gets the frame. A backup that does not know the second takes it for an
 * ordinary one.
 */
public final class MirrorTag {
  private static final long UNSEEN = 1L << 32;

  private MirrorTag() {}

  public static long of(int nic) {
    return nic;
  }

  public static long ofUnseen(int nic) {
    return nic | UNSEEN;
  }

  public static int nic(long tag) {
    return (int) tag;
  }

  public static boolean isUnseen(long tag) {
    return (tag & UNSEEN) != 0;
  }
}
