package org.understudy.node.role;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.node.arbiter.Arbiters;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.UserError;
import org.understudy.pair.arbiter.Arbiter;

/** The arbiter of a node that starts: opened, and found fit for a claim. */
final class ArbiterStart {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  /** How long a cluster is waited for: an election takes seconds, and so does a dead member. */
  private static final long PATIENCE_NS = 15_000_000_000L;

  private static final long PAUSE_MS = 200;

  private ArbiterStart() {}

  /**
   * Opens and rehearses it.
   *
   * @throws UserError if it cannot be used, of a cluster: for so long
   */
  static Arbiter open(NodeConfig config) {
    long begunNs = System.nanoTime();
    while (true) {
      try {
        return rehearsed(config);
      } catch (IOException e) {
        boolean isCluster = config.arbiter().kind() != NodeConfig.ArbiterKind.FILE;
        if (!isCluster || System.nanoTime() - begunNs > PATIENCE_NS || isStopped()) {
          throw failed(e);
        }
        LOG.warn("the arbiter does not answer yet: {}", e.getMessage());
      }
    }
  }

  private static Arbiter rehearsed(NodeConfig config) throws IOException {
    Arbiter opened = Arbiters.open(config);
    try {
      opened.rehearse();
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private static boolean isStopped() {
    try {
      return Shutdown.await(PAUSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  static UserError failed(IOException e) {
    return new UserError(
        ExitCode.ARBITER_UNREACHABLE, "the arbiter cannot be used: " + e.getMessage(), e);
  }
}
