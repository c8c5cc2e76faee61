package org.understudy.pair.ownership;

/**
 * What a node that is to run the guest may do at its start. A process start is a new incarnation,
 * so that nothing in a register ever names it: what a former process of the same name owned is not
 * owned by this one.
 */
public final class StartRule {
  /**
   * The decision.
   *
   * @param register what to write by compare-and-set before the guest runs, or null if refused
   * @param refusal why not, with the remedy, or null
   * @param notice what an operator should know of the guest that was there before, or null
   */
  public record Decision(Register register, String refusal, String notice) {}

  private StartRule() {}

  /**
   * Decides on the register as it was read.
   *
   * @param current the register, or null if it was never written
   * @param registerId random number for a register that was never written
   * @param self this process
   * @param startEmpty the operator says that what the register knows is gone
   * @param isSavedHere whether the guest that the register names lies on disk at this node
   */
  public static Decision decide(
      Register current, long registerId, NodeId self, boolean startEmpty, boolean isSavedHere) {
    Ownership solo = new Ownership.Solo(self);
    if (current == null) {
      return new Decision(new Register(registerId, 1, solo), null, null);
    }
    if (current.ownership() instanceof Ownership.Ended) {
      return new Decision(
          current.next(solo),
          null,
          "the guest of generation "
              + current.generation()
              + " was ended in order, or its start failed before it ran: this one starts empty");
    }
    if (startEmpty || isSavedHere) {
      return new Decision(current.next(solo), null, null);
    }
    String owner =
        switch (current.ownership()) {
          case Ownership.Solo(NodeId node) -> "runs on " + node + " alone";
          case Ownership.Protected(NodeId primary, NodeId backup) ->
              "runs on " + primary + ", protected by " + backup;
          case Ownership.Saved(NodeId node) -> "is saved at " + node;
          case Ownership.Ended() -> throw new IllegalStateException("handled above");
        };
    return new Decision(
        null,
        "the register says (generation "
            + current.generation()
            + ") that the guest "
            + owner
            + ": start this node as its backup (without --start-as, or with --set node.role=backup);"
            + " --start-empty gives that guest up, for one that is gone for good",
        null);
  }
}
