package org.understudy.service.memory;

/**
 * What must hear of every write to protected memory before it is made: the write barrier of a dirty
 * tracker. A class and not an interface, because a call that has one loaded implementation is then
 * inlined without a check.
 */
public abstract class WriteHook {
  /** For the tracker. */
  protected WriteHook() {}

  /**
   * Called before every write with the range that is written, in bytes; the caller has checked that
   * it lies inside. The write must follow before the tracker's next flip.
   */
  public abstract void beforeWrite(long offset, long length);
}
