package org.understudy.vm.track;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs {@link InjectionMain} and waits for it.
 *
 * <p>A helper that holds a QEMU is never killed: QEMU would run on with registers that are not its
 * own, and die. So it begins only when it is told to, and bounds itself; one that was not told can
 * be ended at any time. What takes too long is waited for no more, and is not lost sight of.
 */
final class InjectionHelper {
  private static final int MAX_OUTPUT_LINES = 200;

  private final Process process;
  private final BufferedReader output;
  private final String pid;

  private InjectionHelper(Process process, String pid) {
    this.process = process;
    this.pid = pid;
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Returns what the helper says at its end.
   *
   * @param timeoutNs for its start, and again for what it does
   * @param onLate takes the same of one that came to its end after that
   */
  static String run(long timeoutNs, Consumer<String> onLate, String... arguments) {
    InjectionHelper helper = start(arguments);
    try {
      helper.awaitReady(timeoutNs);
    } catch (RuntimeException e) {
      helper.process.destroyForcibly(); // it holds nothing yet
      throw e;
    }
    helper.go(timeoutNs);
    return helper.awaitEnd(timeoutNs, onLate);
  }

  private static InjectionHelper start(String... arguments) {
    try {
      return new InjectionHelper(
          new ProcessBuilder(command(arguments)).redirectErrorStream(true).start(), arguments[1]);
    } catch (IOException e) {
      throw new TrackingException("cannot start the helper process: " + e, e);
    }
  }

  private void awaitReady(long timeoutNs) {
    get(inBackground(this::readReady), timeoutNs, "the helper process did not start");
  }

  private String readReady() throws IOException {
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < MAX_OUTPUT_LINES; i++) {
      String line = output.readLine();
      if (line == null) {
        break;
      }
      if (line.equals(InjectionMain.READY)) {
        return line;
      }
      said.append(line).append('\n');
    }
    throw new TrackingException("the helper process does not work: " + said.toString().strip());
  }

  private void go(long timeoutNs) {
    try {
      process.getOutputStream().write((timeoutNs + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new TrackingException("the helper process is gone: " + e, e);
    }
  }

  private String awaitEnd(long timeoutNs, Consumer<String> onLate) {
    CompletableFuture<String> result = inBackground(this::readResult);
    try {
      // Its own bound is the same, and it needs some time to put things back.
      return get(result, 2 * timeoutNs, "the calls are not through, and are left to end");
    } catch (TrackingException e) {
      if (!result.isDone()) {
        result.thenAccept(onLate);
      }
      throw e;
    }
  }

  private String readResult() throws IOException {
    StringBuilder text = new StringBuilder();
    String line = output.readLine();
    while (line != null) {
      if (line.startsWith(InjectionMain.DONE)) {
        return line.substring(InjectionMain.DONE.length()).strip();
      }
      text.append(line).append('\n');
      line = output.readLine();
    }
    throw new TrackingException(
        "tracking memory from outside is not possible: " + text.toString().strip());
  }

  private <T> T get(CompletableFuture<T> result, long timeoutNs, String late) {
    try {
      return result.get(timeoutNs, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TrackingException(
          "process " + pid + ": " + late + " within " + timeoutNs / 1_000_000 + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TrackingException known
          ? known
          : new TrackingException("the helper process cannot be read: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrackingException("interrupted while waiting for the helper process", e);
    }
  }

  /** A read that may block for ever. */
  private interface Read {
    String read() throws IOException;
  }

  private static CompletableFuture<String> inBackground(Read read) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("vm-injection")
        .start(() -> {
          try {
            result.complete(read.read());
          } catch (IOException | RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result;
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
