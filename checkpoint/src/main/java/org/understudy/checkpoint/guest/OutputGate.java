package org.understudy.checkpoint.guest;

/**
 * Where output waits for its epoch's commit. It stands on the node that owns the connection: at the
 * backup's front for a service, at the primary's network filter for a virtual machine; a service
 * that has sessions on the primary's own front has one there too.
 */
public interface OutputGate {
  /** From now on output is held; output made before stays free (start of protection). */
  void close();

  /**
   * Output held since the last cut belongs to this epoch. Like {@link #close}, called at the
   * capture: on the guest's thread, inside {@code GuestHost.captured}.
   */
  void cut(long epoch);

  /**
   * Epochs up to this one are committed: their output may leave. On the guest's thread, inside
   * {@code GuestHost.captureDue}; the guest passes it on in that cycle.
   */
  void release(long epoch);

  /** Protection ended by a won claim: everything held may leave and nothing is held from now on. */
  void open();

  /**
   * The node lost its ownership: everything held is dropped, nothing leaves any more. From any
   * thread, and at once.
   */
  void discard();
}
