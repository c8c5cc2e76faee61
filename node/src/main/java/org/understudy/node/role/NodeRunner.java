package org.understudy.node.role;

import org.understudy.node.ExitCode;
import org.understudy.node.UserError;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.run.RunDirectory;

/** Runs the role that a configuration asks for. */
public final class NodeRunner {
  private NodeRunner() {}

  /** Runs until the node ends; returns one of {@link ExitCode}. */
  public static int run(NodeConfig config, RunDirectory directory, boolean startEmpty) {
    throw new UserError(
        ExitCode.REFUSED, "role " + config.node().role() + " is not part of this build");
  }
}
