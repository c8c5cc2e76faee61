package org.understudy.vm.machine;

/**
 * A register that names this node, and never another.
 *
 * @param isAlone whether the guest is its alone, now and before
 */
public record FixedOwnership(boolean isAlone) implements OwnershipView {
  public FixedOwnership() {
    this(false);
  }

  @Override
  public long registerId() {
    return 7;
  }

  @Override
  public long generation() {
    return 1;
  }

  @Override
  public long writtenSince() {
    return 1;
  }

  @Override
  public boolean isProtected() {
    return false;
  }

  @Override
  public boolean wasAlone() {
    return isAlone;
  }
}
