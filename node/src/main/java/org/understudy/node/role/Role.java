package org.understudy.node.role;

import org.understudy.node.control.GuestOrder;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.link.LinkListener;

/** What a node is at the moment; driven by the agent's thread. */
interface Role extends AutoCloseable {
  /**
   * How long a node that ends goes on so that its last words get through. The guest's last output
   * has a time of its own, which the session bounds and which is waited for besides.
   */
  long LINGER_NS = 200_000_000;

  /** Takes what the link receives. */
  LinkListener link();

  /** Takes what the peer monitor sees. */
  SessionEvents events();

  /** Start of a duty cycle, before link and monitor are drained. */
  void cycleStart(long nowNs);

  /** The rest of the duty cycle; returns the work done. */
  int doWork(long nowNs);

  /** The role that goes on from here: this one, or the primary of a guest that was taken over. */
  default Role successor() {
    return this;
  }

  /** Whether the node's life ends here. */
  boolean isOver();

  /** Whether the guest has ended, on both nodes. */
  boolean isGuestEnded();

  /** Exit code of the process once {@link #isOver}. */
  int exitCode();

  /** The operator stops the node; what it has of the guest is not to be lost by that. */
  void requestStop(String reason);

  /** The operator stops it a second time, whatever is lost by it. */
  void requestStopNow(String reason);

  /** Whether it has to stay although its operator stopped it once; any thread. */
  boolean stays();

  /** Whether nobody else could go on with the guest, as far as this node knows; any thread. */
  boolean isLastCopy();

  /** Something failed in a duty cycle, which is none of the guest's business. */
  default void onFailure(Throwable cause) {}

  /** The operator wants something of the guest. */
  default void order(GuestOrder order) {
    order.refuse("this node is the backup: ask the primary");
  }

  /** Fills in what the status file says; called on the status thread, values may lag. */
  void describe(StatusDraft draft);

  @Override
  void close();

  /** Longest gap between two of its duty cycles; any thread. */
  long longestStallNs();
}
