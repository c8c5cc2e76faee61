package org.understudy.failover.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A network namespace with one link to the machine's own: a cable that can be pulled, with counters
 * of its own. Needs root and iproute2.
 */
public final class OwnNetwork implements AutoCloseable {
  private static final List<Path> IP = List.of(Path.of("/usr/sbin/ip"), Path.of("/sbin/ip"));
  private static final String PREFIX = "understudy-";
  private static final Path ROOT_ONLY = Path.of("/proc/1/environ");

  /** Addresses of both ends. */
  final String outside;

  final String inside;
  private final String name;
  private final String outsideDevice;
  private final String insideDevice;
  private Process cable;

  private OwnNetwork(String name, int number) {
    this.name = name;
    this.outsideDevice = "uso" + ProcessHandle.current().pid();
    this.insideDevice = "usi" + ProcessHandle.current().pid();
    this.outside = "10.213." + number + ".1";
    this.inside = "10.213." + number + ".2";
  }

  /** Why none can be made here; empty if one can. */
  public static Optional<String> missing() {
    if (IP.stream().noneMatch(Files::isExecutable)) {
      return Optional.of("ip is missing: install iproute2");
    }
    return Files.isReadable(ROOT_ONLY)
        ? Optional.empty()
        : Optional.of("root is missing: network namespaces need it");
  }

  /** Makes one. */
  public static OwnNetwork create() throws IOException, InterruptedException {
    removeDead();
    OwnNetwork network =
        new OwnNetwork(
            PREFIX + ProcessHandle.current().pid(), ThreadLocalRandom.current().nextInt(1, 255));
    try {
      network.make();
    } catch (IOException | InterruptedException e) {
      network.close();
      throw e;
    }
    return network;
  }

  private void make() throws IOException, InterruptedException {
    ip("netns", "add", name);
    ip("link", "add", outsideDevice, "type", "veth", "peer", "name", insideDevice, "netns", name);
    ip("addr", "add", outside + "/30", "dev", outsideDevice);
    ip("link", "set", outsideDevice, "up");
    inside("addr", "add", inside + "/30", "dev", insideDevice);
    inside("link", "set", "lo", "up");
    inside("link", "set", insideDevice, "up");
    cable =
        new ProcessBuilder("ip", "-n", name, "-force", "-batch", "-")
            .inheritIO()
            .redirectInput(ProcessBuilder.Redirect.PIPE)
            .start();
  }

  /** What turns a command into one that runs inside; it keeps its process id. */
  List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /**
   * Pulls the cable.
   *
   * @return wall-clock microseconds just before
   */
  public long cut() throws IOException {
    long atUs = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    cable("down");
    return atUs;
  }

  /** Plugs it in again. */
  public void mend() throws IOException {
    cable("up");
  }

  /** By a process that is there already: to start one takes longer than what is measured. */
  private void cable(String state) throws IOException {
    cable
        .getOutputStream()
        .write(("link set " + insideDevice + " " + state + "\n").getBytes(StandardCharsets.UTF_8));
    cable.getOutputStream().flush();
  }

  /** Bytes that came out of the namespace, with Ethernet headers. */
  long bytesFromInside() throws IOException {
    return counter("rx_bytes");
  }

  /** Bytes that went into the namespace, with Ethernet headers. */
  long bytesToInside() throws IOException {
    return counter("tx_bytes");
  }

  private long counter(String counter) throws IOException {
    return Long.parseLong(
        Files.readString(device().resolve("statistics").resolve(counter)).strip());
  }

  private Path device() {
    return Path.of("/sys/class/net", outsideDevice);
  }

  private void inside(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-n", name));
    all.addAll(List.of(arguments));
    ip(all.toArray(String[]::new));
  }

  private static void ip(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output.strip());
    }
  }

  /** What runs that were killed left. */
  private static void removeDead() throws IOException, InterruptedException {
    Path names = Path.of("/run/netns");
    if (!Files.isDirectory(names)) {
      return;
    }
    try (Stream<Path> entries = Files.list(names)) {
      for (String entry : entries.map(path -> path.getFileName().toString()).toList()) {
        if (entry.matches(PREFIX + "\\d{1,10}")
            && ProcessHandle.of(Long.parseLong(entry.substring(PREFIX.length()))).isEmpty()) {
          ip("netns", "del", entry);
        }
      }
    }
  }

  /** Removes both ends. */
  @Override
  public void close() {
    if (cable != null) {
      cable.destroy();
    }
    try {
      // The device first and by itself: a namespace disappears later than its deletion returns.
      if (Files.exists(device())) {
        ip("link", "del", outsideDevice);
      }
      ip("netns", "del", name);
    } catch (IOException e) {
      System.err.println("cannot remove network namespace " + name + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
