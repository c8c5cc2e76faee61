package org.understudy.pair.ownership;

/**
 * The content of the arbiter's register.
 *
 * @param registerId random number of this register, compared in the handshake: two nodes with
 *     different registers must not pair
 * @param generation grows by one at every successful write; the first write makes 1
 * @param ownership who owns the guest
 */
public record Register(long registerId, long generation, Ownership ownership) {
  /** The register that replaces this one. */
  public Register next(Ownership newOwnership) {
    return new Register(registerId, generation + 1, newOwnership);
  }
}
