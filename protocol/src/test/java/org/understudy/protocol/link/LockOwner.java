package org.understudy.protocol.link;

import java.nio.file.Path;
import org.understudy.pair.ownership.NodeId;

/** A process that owns a driver directory, says so and waits for its end. */
final class LockOwner {
  private LockOwner() {}

  public static void main(String[] arguments) throws Exception {
    try (DriverDirectory _ =
        DriverDirectory.create(Path.of(arguments[0]), new NodeId("other", 0xb0b))) {
      System.out.println("held");
      System.in.read();
    }
  }

  /** Starts one and returns when it holds its directory. */
  static Process start(Path root) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockOwner.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!"held".equals(process.inputReader().readLine())) {
      throw new IllegalStateException("the other process did not start");
    }
    return process;
  }
}
