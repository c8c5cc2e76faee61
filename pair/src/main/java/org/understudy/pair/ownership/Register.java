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

  /** For messages to people. */
  @Override
  public String toString() {
    String owner =
        switch (ownership) {
          case Ownership.Solo(NodeId node) -> "solo(" + node + ")";
          case Ownership.Protected(NodeId primary, NodeId backup) ->
              "protected(" + primary + ", " + backup + ")";
          case Ownership.Saved(NodeId node) -> "saved(" + node + ")";
          case Ownership.Ended() -> "ended";
        };
    return owner + " at generation " + generation;
  }
}
