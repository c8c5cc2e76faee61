package org.understudy.node.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.node.seal.KeyFile;
import org.understudy.node.seal.PairKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the key that two nodes are to know each other by. */
@Command(
    name = "keygen",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a new key for two nodes and writes it into a file that only its owner can read. The key"
          + " itself is never printed.",
      "Exit code 0; 1 if the file cannot be written; 2 for names that no two nodes can have; 3 if the"
          + " file exists, which is never overwritten."
    })
public final class KeygenCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "Name of one node, as in its configuration.")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "Name of the other node.")
  private String second;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it; default A-B.key in the current directory.")
  private Path out;

  @Option(names = "--json", description = "Print one JSON object and nothing else on stdout.")
  private boolean json;

  @Override
  public Integer call() {
    PairKey key = key();
    Path file = (out == null ? Path.of(first + "-" + second + ".key") : out).toAbsolutePath();
    KeyFile.write(file, key);
    if (json) {
      System.out.println(asJson(file, key));
    } else {
      System.out.println(key + " is written to " + file);
      System.out.println(
          "next: copy it to both nodes, readable by the node's user only, and name it in wire.keys");
    }
    return ExitCode.OK;
  }

  private PairKey key() {
    try {
      return PairKey.random(first, second);
    } catch (IllegalArgumentException e) {
      throw new UserError(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static ObjectNode asJson(Path file, PairKey key) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("file", file.toString()).put("id", key.id());
    json.putArray("nodes").add(key.first()).add(key.second());
    return json;
  }
}
