package org.understudy.node.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.LinuxCallException;
import org.understudy.host.ProcessImage;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.Shutdown;
import org.understudy.node.program.Signals;
import org.understudy.node.role.NodeRunner;
import org.understudy.node.role.StartOrder;
import org.understudy.node.run.HeapLimit;
import org.understudy.node.run.NativeCode;
import org.understudy.node.run.NodeLog;
import org.understudy.node.run.Preflight;
import org.understudy.node.run.RunDirectory;
import org.understudy.node.run.ThreadDeaths;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one node of a pair until it is told to end. */
@Command(
    name = "node",
    mixinStandardHelpOptions = true,
    description = {
      "Runs one node of a pair: its guest, or the copy of it.",
      "Which of both is node.role in the configuration. With 'auto', its default, the node is the"
          + " backup of whoever runs the guest by the register, also after its own guest went to the"
          + " other node; only the first guest of a pair needs --start-as primary, on one of them."
    })
public final class NodeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.node");

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Configuration file; docs/configuration.md lists its keys.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one key of the file, for example --set epoch.max=20ms.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--start-as",
      paramLabel = "ROLE",
      description =
          "The role of this start alone: primary, which begins a guest where the register says that"
              + " there is none, or backup.")
  private NodeConfig.Role startAs;

  @Option(
      names = "--start-empty",
      description =
          "Start a new, empty guest although the register names an earlier owner. Whatever the"
              + " earlier guest held is given up.")
  private boolean startEmpty;

  @Option(
      names = "--with-parent",
      hidden = true,
      description = "End in an orderly way when the process with this id ends.")
  private long parentPid;

  @Override
  public Integer call() throws Exception {
    Signals.ignoreHangUp();
    ThreadDeaths deaths = ThreadDeaths.endTheProcess(ExitCode.BROKEN);
    NodeConfig config = ConfigLoader.load(file, overrides);
    HeapLimit.fit(config);
    if (parentPid != 0) {
      // The demo's nodes must not outlive it, however it ends.
      Shutdown.withParent(parentPid);
    }
    int exitCode = run(config, deaths);
    if (StartOrder.returns(config.node(), exitCode) && !Shutdown.requested()) {
      startAnew();
    }
    return exitCode;
  }

  /** As if the process had just been started: nothing of the role that is over is left in it. */
  private static void startAnew() {
    try {
      ProcessImage.replace(withoutOrders(ProcessImage.arguments()));
    } catch (IOException | LinuxCallException e) {
      LOG.warn("this node cannot start anew as a backup, start it again: {}", e.toString());
    }
  }

  /** They were for the start that is over. */
  static List<String> withoutOrders(List<String> arguments) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("--start-as")) {
        i++;
      } else if (!argument.startsWith("--start-as=") && !argument.equals("--start-empty")) {
        kept.add(argument);
      }
    }
    return kept;
  }

  private int run(NodeConfig config, ThreadDeaths deaths) throws IOException {
    try (RunDirectory directory = RunDirectory.open(config.node().directory())) {
      NodeLog.open(directory.path());
      NodeLog.keepLastWords(directory.path(), directory.deadPid());
      if (config.node().pair().equals(NodeConfig.Node.DEFAULT_PAIR)) {
        LOG.warn(
            "node.pair is {}, the default, which is the same for everybody: set a word of your own"
                + " in both configurations",
            config.node().pair());
      }
      NativeCode.load(directory.path());
      Preflight.check(config);
      return NodeRunner.run(config, directory, new StartOrder(startAs, startEmpty), deaths);
    }
  }
}
