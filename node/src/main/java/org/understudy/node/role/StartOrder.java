package org.understudy.node.role;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RoleRule;

/**
 * What the command line says about one start, beside the configuration.
 *
 * @param as the role of this start, or null for that of the configuration
 * @param startEmpty whether what the register knows is gone
 */
public record StartOrder(NodeConfig.Role as, boolean startEmpty) {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** Whether a node whose role nobody fixed is started again when it is not the owner any more. */
  public static boolean returns(NodeConfig.Node node, int exitCode) {
    return node.role() == NodeConfig.Role.AUTO
        && (exitCode == ExitCode.FENCED || exitCode == ExitCode.MOVED);
  }

  /** Whether the node starts as a backup; else it begins a guest. */
  boolean isBackup(NodeConfig.Node node, Register current, boolean isSavedHere) {
    NodeConfig.Role role = as == null ? node.role() : as;
    if (role != NodeConfig.Role.AUTO) {
      return role == NodeConfig.Role.BACKUP;
    }
    if (startEmpty) {
      return false;
    }
    RoleRule.Decision decision = RoleRule.decide(current, node.name(), isSavedHere);
    if (decision.refusal() != null) {
      throw new UserError(ExitCode.REFUSED, decision.refusal());
    }
    if (decision.notice() != null) {
      LOG.info(decision.notice());
    }
    return decision.isBackup();
  }

  /** What becomes of a node that the guest has left. */
  String afterwards(NodeConfig.Node node) {
    return node.role() == NodeConfig.Role.AUTO
        ? "this node goes on as its backup"
        : "start this node as its backup (--set node.role=backup)";
  }
}
