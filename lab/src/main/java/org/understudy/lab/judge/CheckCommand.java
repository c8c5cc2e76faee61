package org.understudy.lab.judge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges a recorded history alone. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Judges a history that 'demo --record FILE' wrote: is there, for each key, one order of its"
          + " operations that explains every reply and agrees with real time?",
      "Exit code 1 if an acknowledged write is lost, doubled or out of order."
    })
public final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "JSON lines, one operation each.")
  private Path file;

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    History history;
    try {
      history = HistoryReader.read(file);
    } catch (UserError e) {
      if (json) {
        ObjectNode failure = new ObjectMapper().createObjectNode();
        System.out.println(failure.put("verdict", "failed").put("error", e.getMessage()));
      }
      throw e;
    }
    Verdict verdict = HistoryChecker.check(history);
    if (json) {
      System.out.println(asJson(verdict).put("finalReads", history.finals()));
    } else {
      print(verdict, history.finals());
    }
    return verdict.isOk() ? ExitCode.OK : ExitCode.FAILED;
  }

  private static ObjectNode asJson(Verdict verdict) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("verdict", verdict.isOk() ? "ok" : "failed");
    root.put("operations", verdict.operations());
    root.put("acknowledged", verdict.acknowledged());
    root.put("unknown", verdict.unknown());
    root.put("lost", verdict.lost());
    root.put("duplicated", verdict.duplicated());
    root.put("reordered", verdict.reordered());
    root.put("wrongReplies", verdict.wrong());
    verdict.findings().forEach(root.putArray("findings")::add);
    return root;
  }

  private static void print(Verdict verdict, int finals) {
    verdict.findings().forEach(System.out::println);
    if (finals == 0) {
      System.out.println("no final read of any key: the replies alone were judged");
    }
    System.out.printf(
        "%d operations, %d acknowledged, %d without a reply%n",
        verdict.operations(), verdict.acknowledged(), verdict.unknown());
    System.out.println("verdict: " + summary(verdict));
  }

  /** One line for people. */
  public static String summary(Verdict verdict) {
    return verdict.isOk()
        ? "ok, nothing lost, doubled or out of order"
        : String.format(
            "FAILED, %d lost, %d doubled, %d out of order, %d wrong replies",
            verdict.lost(), verdict.duplicated(), verdict.reordered(), verdict.wrong());
  }
}
