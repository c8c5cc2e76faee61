package org.understudy.lab.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The Linux that the demo boots, made by {@code build/guest-image}.
 *
 * @param kernel its kernel
 * @param initrd its whole file system
 * @param append kernel command line to which orders are added
 */
record GuestImage(Path kernel, Path initrd, String append) {
  private static final String SCRIPT = "build/guest-image";

  /** The machine lacks what the script needs. */
  private static final int UNAVAILABLE = 3;

  private static final String SAYS = "guest-image: ";

  /** The image cannot be made on this machine; the message says what to do. */
  static final class UnavailableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }

  /** Makes it, or copies the one made before. */
  static GuestImage make(Path home, Path directory, Consumer<String> progress)
      throws IOException, InterruptedException {
    return make(home, directory, List.of(), progress);
  }

  /** The same with options of the script. */
  static GuestImage make(Path home, Path directory, List<String> options, Consumer<String> progress)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve(SCRIPT).toString()));
    command.addAll(options);
    command.add(directory.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String last = "it said nothing";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.startsWith(SAYS) ? line.substring(SAYS.length()) : line;
        progress.accept("guest image: " + last);
      }
    }
    int code = process.waitFor();
    if (code == UNAVAILABLE) {
      throw new UnavailableException(last);
    }
    if (code != 0) {
      throw new IOException(SCRIPT + " ended with exit code " + code + ": " + last);
    }
    return in(directory);
  }

  /** What the script has put there. */
  static GuestImage in(Path directory) throws IOException {
    return new GuestImage(
        directory.resolve("kernel"),
        directory.resolve("initrd"),
        Files.readString(directory.resolve("append")).strip());
  }

  /** The command line with orders to the guest. */
  String append(List<String> orders) {
    return append + " " + String.join(" ", orders);
  }
}
