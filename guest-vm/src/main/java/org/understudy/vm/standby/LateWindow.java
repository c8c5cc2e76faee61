package org.understudy.vm.standby;

/**
 * How long the guest's frames may still come another way than to its own interfaces, after it was
 * taken over: to the side, until bridges and clients have learned where it is, and over the link,
 * where the primary before passes on what came to it. One thread opens and looks, another tells.
 */
final class LateWindow {
  /** A client's answer to the first frames may still come to the side. */
  static final long SIDE_NS = 300_000_000;

  /**
   * What was passed on waits in the link until the agent, which took the guest over meanwhile,
   * reads it; and the guest has the processors before that agent for its first second.
   */
  static final long LINK_NS = 1_000_000_000;

  /** If the agent never reads the link again. */
  static final long LATEST_NS = 5_000_000_000L;

  private final long openedNs;
  private long linkReadNs;
  private boolean isHandedOver;
  private volatile boolean isLinkRead;

  /** Opens it: the guest runs. */
  LateWindow(long nowNs) {
    openedNs = nowNs;
  }

  /** The agent reads the link from now on; a primary that is dead has sent nothing late. */
  void onLinkRead(boolean wasHandedOver, long nowNs) {
    linkReadNs = nowNs;
    isHandedOver = wasHandedOver;
    isLinkRead = true;
  }

  boolean isOver(long nowNs) {
    if (!isLinkRead) {
      return nowNs - openedNs >= LATEST_NS;
    }
    return nowNs - openedNs >= SIDE_NS && (!isHandedOver || nowNs - linkReadNs >= LINK_NS);
  }
}
