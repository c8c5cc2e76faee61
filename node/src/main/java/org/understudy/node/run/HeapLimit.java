package org.understudy.node.run;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.LinuxCallException;
import org.understudy.host.ProcessImage;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.config.Units;

/**
 * The heap of a node's JVM: what launcher and build give it, which does for most, or what its
 * configuration needs where that is more. A JVM cannot raise its limit, so that it is started anew,
 * in the same process and before anything of the node is begun.
 */
public final class HeapLimit {
  /** The argument that stands for "as the node needs it"; a limit is put in its place. */
  static final String AS_NEEDED = "-Dunderstudy.heap=auto";

  /** The JVM keeps a thirtieth of its heap empty for the collector, and does not count it. */
  private static final int SPARE_FRACTION = 16;

  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  private HeapLimit() {}

  /** A budget with the heap that its node will have, of one with what it is started with. */
  static Budget fitted(Budget given) {
    long limit = Math.max(given.heapLimitBytes(), withSpare(given.heapBytes()));
    return new Budget(given.bounds(), limit, given.descriptors(), given.diskBytes());
  }

  /** Sees to it that the node's parts fit in; returns if they do, or if the limit was chosen. */
  public static void fit(NodeConfig config) {
    fit(Budget.of(config).heapBytes());
  }

  static void fit(long neededBytes) {
    if (neededBytes <= Runtime.getRuntime().maxMemory()) {
      return;
    }
    try {
      List<String> arguments = ProcessImage.arguments();
      if (arguments.contains(AS_NEEDED)) {
        LOG.info("this node needs {} of heap: its JVM starts anew", Units.roughSize(neededBytes));
        Collections.replaceAll(arguments, AS_NEEDED, option(neededBytes));
        ProcessImage.replace(arguments);
      }
    } catch (IOException | LinuxCallException e) {
      LOG.warn("the JVM cannot be started anew with more heap: {}", e.toString());
    }
  }

  /** What a JVM is to be given that needs so much. */
  static String option(long neededBytes) {
    return "-Xmx" + Budget.mib(withSpare(neededBytes));
  }

  private static long withSpare(long bytes) {
    return bytes + bytes / SPARE_FRACTION;
  }
}
