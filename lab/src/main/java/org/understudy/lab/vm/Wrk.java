package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The load generator wrk on the guest's nginx: a client that nobody here has written. It asks at a
 * bounded rate, so that the judged clients get their share of an emulated processor.
 */
final class Wrk implements AutoCloseable {
  /** Its program, and the Debian package that has it. */
  static final String NAME = "wrk";

  /** At most 100 requests a second. */
  private static final int CONNECTIONS = 4;

  private static final String PACE = "function delay() return 40 end\n";

  /** It is told to end before. */
  private static final String LONGEST = "24h";

  private static final long END_SECONDS = 10;

  private final Path script = Files.createTempFile("understudy-wrk", ".lua");
  private final Path output = Files.createTempFile("understudy-wrk", ".out");
  private final Process process;

  private Wrk(String url) throws IOException {
    Files.writeString(script, PACE);
    process =
        new ProcessBuilder(NAME, "-t1", "-c" + CONNECTIONS, "-d" + LONGEST, "-s" + script, url)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  static boolean isInstalled() {
    return Tool.exists(NAME);
  }

  /** Starts it. */
  static Wrk start() throws IOException {
    return new Wrk("http://" + VmLayout.http().getAddress().getHostAddress() + "/");
  }

  /** Ends it, and reads what it has seen. */
  WrkSummary finish() throws IOException, InterruptedException {
    if (process.isAlive()) {
      // The signal after which it still prints its summary.
      Tool.run("", List.of("kill", "-INT", Long.toString(process.pid())));
    }
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("wrk did not end in " + END_SECONDS + " s");
    }
    return WrkSummary.parse(Files.readString(output));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(script);
    Files.deleteIfExists(output);
  }
}
