package org.understudy.pair.ownership;

/**
 * The newest register that a node knows for certain, and the judgement on what the arbiter shows:
 * only a register of the same id that is as new, or newer, speaks (SAFETY rule O6). Anything else
 * is a fault of the arbiter, like one that cannot be reached: its directory was emptied, replaced,
 * or put back to an older copy.
 */
public final class KnownRegister {
  private long registerId;
  private long generation;
  private Ownership ownership;

  /** This register exists. */
  public void learn(Register register) {
    if (register != null && register.registerId() != 0 && isNews(register)) {
      registerId = register.registerId();
      generation = register.generation();
      ownership = register.ownership();
    }
  }

  /** A register of this id and generation exists; who owns the guest by it is not known. */
  public void learn(long ofRegister, long ofGeneration) {
    if (ofRegister != 0 && (ofRegister != registerId || ofGeneration > generation)) {
      registerId = ofRegister;
      generation = ofGeneration;
      ownership = null;
    }
  }

  private boolean isNews(Register register) {
    return register.registerId() != registerId
        || register.generation() > generation
        || register.generation() == generation && ownership == null;
  }

  /** Nothing is known any more: the next register that is learned may be any. */
  public void forget() {
    registerId = 0;
    generation = 0;
    ownership = null;
  }

  /**
   * What is wrong with what the arbiter shows.
   *
   * @param seen null if nothing was ever written
   * @return null if the register speaks, else one line that says what is missing
   */
  public String fault(Register seen) {
    if (registerId == 0) {
      return null;
    }
    if (seen == null) {
      return "it has no register, but " + describe() + " is known";
    }
    if (seen.registerId() != registerId) {
      return "it has another register, id "
          + Long.toHexString(seen.registerId())
          + ", but "
          + describe()
          + " is known";
    }
    if (seen.generation() < generation) {
      return "its register went back to generation "
          + seen.generation()
          + ", but "
          + describe()
          + " is known";
    }
    boolean isOther =
        seen.generation() == generation && ownership != null && !ownership.equals(seen.ownership());
    return isOther ? "its register says " + seen + ", but " + describe() + " is known" : null;
  }

  private String describe() {
    return "generation " + generation + " of register " + Long.toHexString(registerId);
  }
}
