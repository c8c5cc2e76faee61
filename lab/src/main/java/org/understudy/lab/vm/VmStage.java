package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.understudy.node.run.Leftovers;
import org.understudy.node.run.Preflight;

/** What a run has on this machine: a directory with the guest's image, and namespaces. */
final class VmStage implements AutoCloseable {
  /** Directory of the guest's image in that of the run. */
  static final String IMAGE = "image";

  /** QEMU, and what a node keeps of RAM beside the guest's own, on each side. */
  private static final long QEMU_BYTES = 256L << 20;

  /** This machine cannot run the demo; the message says what to do. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> missing;

    UnavailableException(String missing, String remedy, Throwable cause) {
      super(Requirements.text(List.of(missing), remedy), cause);
      this.missing = List.of(missing);
    }

    List<String> missing() {
      return missing;
    }
  }

  private final String prefix;
  private final Consumer<String> progress;
  private final Namespaces namespaces = new Namespaces(ProcessHandle.current().pid());
  private final VmLayout layout;
  private final Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
  private final Path directory;
  private final ChaosGuest guest;
  private boolean keepFiles;

  VmStage(String prefix, Consumer<String> progress) {
    this(prefix, false, ChaosGuest.SMALL, progress);
  }

  /**
   * The same with another network.
   *
   * @param ownReplication the nodes get one of their own
   */
  VmStage(String prefix, boolean ownReplication, ChaosGuest guest, Consumer<String> progress) {
    this.prefix = prefix;
    this.guest = guest;
    this.layout = new VmLayout(namespaces, ownReplication);
    this.progress = progress;
    this.directory = Leftovers.directory(temporary, prefix);
  }

  /** Removes what killed runs have left, and makes everything anew. */
  void prepare(long memoryBytes) throws IOException, InterruptedException, UnavailableException {
    for (String removed : Namespaces.removeDead()) {
      progress.accept("removed " + removed + " of a run that was killed");
    }
    Leftovers.removeDead(temporary, prefix);
    Preflight.memory(2 * (2 * memoryBytes + Preflight.JVM_BYTES + QEMU_BYTES));
    try {
      Files.createDirectories(directory);
      GuestImage.make(home(), directory.resolve(IMAGE), guest.options, progress);
    } catch (GuestImage.UnavailableException e) {
      throw new UnavailableException("guest image", e.getMessage(), e);
    }
    try {
      layout.create();
    } catch (IOException e) {
      throw new UnavailableException(
          "network namespaces", "they cannot be made here (" + e.getMessage() + ")", e);
    }
  }

  /** The source tree. */
  Path home() {
    return Path.of(System.getProperty("understudy.home", "")).toAbsolutePath();
  }

  Path directory() {
    return directory;
  }

  List<String> clientPrefix() {
    return layout.clientPrefix();
  }

  /** What failed is kept: configurations, logs and last status of both nodes. */
  void keepFiles(boolean keep) {
    keepFiles = keep;
  }

  /** Whether anything but the image is there. */
  private boolean hasNodeFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> !file.getFileName().toString().equals(IMAGE));
    }
  }

  @Override
  public void close() throws IOException {
    namespaces.close();
    if (!Files.exists(directory)) {
      return;
    }
    if (!keepFiles || !hasNodeFiles()) {
      Leftovers.deleteTree(directory);
      return;
    }
    Path kept = directory.resolveSibling(prefix + "-failed-" + System.currentTimeMillis());
    Files.move(directory, kept);
    Leftovers.deleteTree(kept.resolve(IMAGE));
    progress.accept("logs and last status of both nodes are kept in " + kept);
  }
}
