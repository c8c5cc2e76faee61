package org.understudy.vm.machine;

/** A register that names this node, and never another. */
public record FixedOwnership() implements OwnershipView {
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
  public boolean isAlone() {
    return false;
  }

  @Override
  public boolean wasAlone() {
    return false;
  }
}
