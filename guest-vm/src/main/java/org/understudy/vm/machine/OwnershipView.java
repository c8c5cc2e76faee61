package org.understudy.vm.machine;

/** What the machine's disks need to know of the register; any thread. */
public interface OwnershipView {
  /** The pair's register. */
  long registerId();

  /** Generation of the register, as last seen. */
  long generation();

  /**
   * Oldest generation in which files of this node were the guest's, given who owned it since; the
   * present one where others did.
   */
  long writtenSince();

  /** Whether it names this node as the primary of a protected pair. */
  boolean isProtected();

  /** Whether it names this node as the only one that has the guest, as last seen. */
  boolean isAlone();

  /**
   * Whether it said, when this process found it, that a former process of this node had the guest
   * alone.
   */
  boolean wasAlone();
}
