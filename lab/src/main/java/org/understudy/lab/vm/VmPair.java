package org.understudy.lab.vm;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.understudy.lab.pair.DemoPair;
import org.understudy.lab.pair.NodeProcess;
import org.understudy.lab.pair.PairLayout;
import org.understudy.lab.pair.PairLayout.Place;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;

/** Primary and backup, each in the namespace of its place. */
final class VmPair implements AutoCloseable {
  static final String PRESET = "understudy";

  private final DemoPair pair;
  private final PairLayout places;
  private final VmLayout layout;
  private final long diskBytes;
  private Place primaryPlace = Place.A;

  VmPair(Path directory, VmLayout layout, VmDemoOptions options, GuestImage image)
      throws IOException {
    this(
        directory,
        layout,
        options.diskBytes(),
        new PairSettings(
            PRESET, options.memoryBytes(), VmConfigLines.of(options, image, directory)));
  }

  VmPair(Path directory, VmLayout layout, long diskBytes, PairSettings settings)
      throws IOException {
    this.layout = layout;
    this.diskBytes = diskBytes;
    this.places =
        new PairLayout(
            directory, settings, layout.nodeAddress(Place.A), layout.nodeAddress(Place.B));
    this.pair = new DemoPair(places);
  }

  /** Starts both nodes; the guest boots on the primary. */
  void start() throws IOException, InterruptedException {
    startBackup();
    startPrimary();
  }

  /** Starts the primary; without a backup its guest runs unprotected. */
  void startPrimary() throws IOException, InterruptedException {
    makeDisk(primaryPlace);
    layout.forgetGuest();
    pair.startPrimary(layout.prefix(primaryPlace));
  }

  /** Starts the primary again where it saved its guest. */
  void restartPrimary() throws IOException, InterruptedException {
    pair.startPrimary(layout.prefix(primaryPlace));
  }

  /** Starts the backup at the place that has none. */
  void startBackup() throws IOException {
    makeDisk(primaryPlace.other());
    pair.startBackup(layout.prefix(primaryPlace.other()));
  }

  private void makeDisk(Place place) throws IOException {
    if (diskBytes == 0) {
      return;
    }
    Files.createDirectories(places.directory(place));
    try (RandomAccessFile file = new RandomAccessFile(disk(place).toFile(), "rw")) {
      file.setLength(diskBytes);
    }
  }

  /** Where the primary is. */
  Place primaryPlace() {
    return primaryPlace;
  }

  /** What the primary's configuration file says. */
  NodeConfig primaryConfig() throws IOException {
    return ConfigLoader.load(places.write(primaryPlace, NodeConfig.Role.PRIMARY), List.of());
  }

  /** Directory of the node at a place. */
  Path directory(Place place) {
    return places.directory(place);
  }

  /** File of the disk at a place. */
  Path disk(Place place) {
    return places.directory(place).resolve(VmConfigLines.DISK_FILE);
  }

  /** After a takeover: the survivor is the primary, and a fresh node comes in place of the dead. */
  void startNextBackup() throws IOException {
    rolesChanged();
    pair.startBackup(layout.prefix(primaryPlace.other()));
  }

  /** After a takeover: the survivor is the primary. */
  private void rolesChanged() {
    pair.rolesChanged();
    primaryPlace = primaryPlace.other();
  }

  void awaitProtected(long timeoutMs, Consumer<String> progress)
      throws IOException, InterruptedException {
    pair.awaitProtected(timeoutMs, progress);
  }

  NodeProcess primary() {
    return pair.primary();
  }

  NodeProcess backup() {
    return pair.backup();
  }

  /** File of the guest's disk at the backup: after a takeover the one that the guest writes. */
  Path backupDisk() {
    return disk(primaryPlace.other());
  }

  /** Throws, with its last words, if a node that was started has ended by itself. */
  void requireAlive() throws IOException {
    for (NodeProcess node : new NodeProcess[] {pair.primary(), pair.backup()}) {
      if (node != null && !node.isAlive()) {
        throw node.diedError();
      }
    }
  }

  @Override
  public void close() {
    pair.close();
  }
}
