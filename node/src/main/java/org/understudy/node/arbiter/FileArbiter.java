package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.protocol.link.HeldLock;

/**
 * The register as files of one directory, for two nodes on one machine. Nobody waits for a lock: a
 * generation is a complete, fsynced temporary file that is hard-linked to a name that must not
 * exist yet, so a process that is stopped at any point blocks nobody and leaves nothing half
 * written.
 *
 * <p>Names are never freed: old generations are emptied in place. Otherwise a claimer that slept
 * between reading the register and linking its file could win a generation that is long gone.
 */
public final class FileArbiter implements RegisterStore {
  /** Generations whose content is kept for people who look for what happened. */
  static final int KEPT_GENERATIONS = 16;

  private static final Pattern REGISTER = Pattern.compile("register-(\\d{1,18})");
  private static final Pattern TEMPORARY = Pattern.compile("claim-(?:\\d{1,10}-)?[0-9a-f]+\\.tmp");

  private final Path directory;
  private final Runnable beforeRead;
  private final Runnable beforeLink;

  /**
   * Opens the register in this directory, which is made if it is missing, and removes temporary
   * files of dead processes.
   */
  public FileArbiter(Path directory) throws IOException {
    this(directory, () -> {}, () -> {});
  }

  /**
   * Opens the register in this directory, with hooks for tests.
   *
   * @param beforeRead between finding the highest generation and reading it
   * @param beforeLink between the complete temporary file and its link
   */
  FileArbiter(Path directory, Runnable beforeRead, Runnable beforeLink) throws IOException {
    this.directory = directory;
    this.beforeRead = beforeRead;
    this.beforeLink = beforeLink;
    Files.createDirectories(directory);
    removeTemporaries();
  }

  /** Goes the way of a write up to its link, into a file that is removed again. */
  @Override
  public void rehearse() throws IOException {
    try (HeldLock temporary = HeldLock.create(temporary())) {
      read();
      temporary.write(RegisterText.bytes(new Register(1, 1, new Ownership.Ended()), null));
    }
    syncDirectory();
  }

  @Override
  public Optional<Register> read() throws IOException {
    return newest().map(RegisterFile::register);
  }

  @Override
  public List<RegisterChange> history() throws IOException {
    Optional<RegisterFile> newest = newest();
    return newest.isPresent() ? newest.get().history() : List.of();
  }

  private Optional<RegisterFile> newest() throws IOException {
    while (true) {
      long generation = highestGeneration();
      if (generation == 0) {
        return Optional.empty();
      }
      beforeRead.run();
      try {
        return Optional.of(RegisterFile.read(file(generation), generation));
      } catch (IOException e) {
        // A reader that slept meanwhile finds an old generation, emptied by those who went on.
        if (highestGeneration() == generation) {
          throw e;
        }
      }
    }
  }

  @Override
  public boolean compareAndSet(Register next) throws IOException {
    RegisterFile newest = newest().orElse(null);
    if (!Registers.precedes(newest == null ? null : newest.register(), next, this)) {
      return false;
    }
    try (HeldLock temporary = HeldLock.create(temporary())) {
      temporary.write(RegisterText.bytes(next, newest == null ? null : newest.text()));
      beforeLink.run();
      Files.createLink(file(next.generation()), temporary.file());
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    syncDirectory();
    prune(next.generation());
    return true;
  }

  private Path file(long generation) {
    return directory.resolve("register-" + generation);
  }

  private Path temporary() {
    return directory.resolve(
        "claim-" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".tmp");
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private long highestGeneration() throws IOException {
    long highest = 0;
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Matcher name = REGISTER.matcher(entry.getFileName().toString());
        if (name.matches()) {
          highest = Math.max(highest, Long.parseLong(name.group(1)));
        }
      }
    }
    return highest;
  }

  /** Empties one generation; every write does, so that older ones are empty already. */
  private void prune(long generation) throws IOException {
    long old = generation - KEPT_GENERATIONS;
    if (old < 1 || !Files.exists(file(old)) || Files.size(file(old)) == 0) {
      return;
    }
    try (HeldLock empty = HeldLock.create(temporary())) {
      Files.move(empty.file(), file(old), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void removeTemporaries() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        if (TEMPORARY.matcher(entry.getFileName().toString()).matches()) {
          CloseHelper.quietClose(HeldLock.ofTheDead(entry)); // removes it
        }
      }
    }
  }

  @Override
  public String describe() {
    return "file " + directory;
  }

  @Override
  public void close() {
    // Nothing is held between calls.
  }
}
