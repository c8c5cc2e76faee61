package org.understudy.pair.ownership;

/**
 * In which role a node starts that may be either. Who runs the guest is read from the register, so
 * that both nodes can be started, and started again, by the same command.
 */
public final class RoleRule {
  /**
   * The decision.
   *
   * @param isBackup whether it starts as the backup; else it begins a guest
   * @param refusal why it may be neither, with the remedy, or null
   * @param notice what an operator should know, or null
   */
  public record Decision(boolean isBackup, String refusal, String notice) {
    private static Decision backup(String notice) {
      return new Decision(true, null, notice);
    }
  }

  private RoleRule() {}

  /**
   * Decides on the register as it was read.
   *
   * @param current the register, or null if it was never written
   * @param name this node's name; what is in the register of that name was an earlier process
   * @param isSavedHere whether the guest that the register names lies on disk at this node
   */
  public static Decision decide(Register current, String name, boolean isSavedHere) {
    if (isSavedHere) {
      return new Decision(false, null, "the guest was saved here: this node goes on with it");
    }
    if (current == null) {
      return Decision.backup(
          "the register was never written: this node waits as a backup. The first guest of a pair is"
              + " begun on one of its nodes, by --start-as primary");
    }
    return switch (current.ownership()) {
      case Ownership.Ended() ->
          Decision.backup(
              "the register says "
                  + current
                  + ": this node waits as a backup. A new guest is begun on one of the nodes, by"
                  + " --start-as primary");
      case Ownership.Saved(NodeId by) ->
          by.name().equals(name)
              ? new Decision(
                  false,
                  "the guest was saved here ("
                      + current
                      + "), and is not where this node looks for it: set node.saveDirectory to where"
                      + " it is; --start-empty gives it up and begins another one",
                  null)
              : Decision.backup(
                  "the guest is saved at "
                      + by
                      + ": this node waits as its backup until that one is started");
      case Ownership.Solo(NodeId owner) ->
          owner.name().equals(name)
              ? new Decision(
                  false,
                  "the guest ran here alone ("
                      + current
                      + ") and is gone with that process; --start-empty begins another one",
                  null)
              : Decision.backup(null);
      case Ownership.Protected(NodeId primary, NodeId backup) ->
          Decision.backup(
              primary.name().equals(name)
                  ? "the guest ran here, and goes on at "
                      + backup
                      + ": this node becomes its backup"
                  : null);
    };
  }
}
