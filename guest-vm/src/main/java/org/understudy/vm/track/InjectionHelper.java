package org.understudy.vm.track;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@link InjectionMain} and waits for it. */
final class InjectionHelper {
  private static final int MAX_OUTPUT_BYTES = 8192;

  private InjectionHelper() {}

  /** Returns what the helper says at its end. */
  static String run(long timeoutNs, String... arguments) {
    try {
      // Its few words fit into the pipe, so that it can be read after the end.
      Process helper = new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
      try {
        helper.getOutputStream().close();
        if (!helper.waitFor(timeoutNs, TimeUnit.NANOSECONDS)) {
          throw new TrackingException(
              "no calls in process " + arguments[1] + " within " + timeoutNs / 1_000_000 + " ms");
        }
        return judge(helper);
      } finally {
        helper.destroyForcibly();
      }
    } catch (IOException e) {
      throw new TrackingException("cannot start the helper process: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrackingException("interrupted while waiting for the helper process", e);
    }
  }

  private static String judge(Process helper) throws IOException {
    byte[] output = helper.getInputStream().readNBytes(MAX_OUTPUT_BYTES);
    String text = new String(output, StandardCharsets.UTF_8).strip();
    int done = text.lastIndexOf(InjectionMain.DONE.strip());
    if (helper.exitValue() != 0 || done < 0) {
      throw new TrackingException("tracking memory from outside is not possible: " + text);
    }
    return text.substring(done + InjectionMain.DONE.length() - 1).strip();
  }

  private static List<String> command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                InjectionMain.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
