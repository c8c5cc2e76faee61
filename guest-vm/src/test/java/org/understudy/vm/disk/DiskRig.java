package org.understudy.vm.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.vm.disk.label.DiskLabel;
import org.understudy.vm.disk.label.DiskLabelFile;
import org.understudy.vm.disk.primary.DiskCut;
import org.understudy.vm.disk.primary.DiskLogSettings;

/** The disks of one guest on one node after the other, without a guest. */
final class DiskRig {
  static final long REGISTER = 77;
  static final int SIZE = 3 << 20;
  static final List<String> IDS = List.of("vda", "vdb");

  private final Path folder;

  DiskRig(Path folder) {
    this.folder = folder;
  }

  /** The disks of a node; their files need not be there. */
  List<DiskPlace> places(String node) throws IOException {
    Path directory = Files.createDirectories(folder.resolve(node));
    return IDS.stream().map(id -> new DiskPlace(id, directory.resolve(id + ".raw"), SIZE)).toList();
  }

  /** Disks that an operator has put there, with data in some places. */
  void install(String node, Random random) throws IOException {
    for (DiskPlace place : places(node)) {
      byte[] data = new byte[SIZE];
      for (int at = 0; at < SIZE; at += 1 << 16) {
        if (random.nextBoolean()) {
          byte[] some = new byte[1 + random.nextInt(1 << 16)];
          random.nextBytes(some);
          System.arraycopy(some, 0, data, at, some.length);
        }
      }
      Files.write(place.file(), data);
    }
  }

  RunningDisks run(String node, long generation) throws IOException {
    return run(node, new DiskOwner(REGISTER, generation));
  }

  RunningDisks run(String node, DiskOwner owner) throws IOException {
    return RunningDisks.open(places(node), owner, folder.resolve(node), DiskLogSettings.DEFAULT);
  }

  StandbyDisks standBy(String node) throws IOException {
    return StandbyDisks.open(places(node), folder.resolve(node), StandbyDisks.LIMIT_BYTES);
  }

  List<byte[]> contents(String node) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    for (DiskPlace place : places(node)) {
      contents.add(Files.readAllBytes(place.file()));
    }
    return contents;
  }

  DiskLabel label(String node, int disk) throws IOException {
    return new DiskLabelFile(places(node).get(disk).file()).read().orElseThrow();
  }

  static void assertEqual(List<byte[]> actual, List<byte[]> expected, String what) {
    for (int i = 0; i < expected.size(); i++) {
      int at = java.util.Arrays.mismatch(actual.get(i), expected.get(i));
      assertThat(at).as("%s: first different byte of %s", what, IDS.get(i)).isEqualTo(-1);
    }
  }

  static void round(RunningDisks from, StandbyDisks to) {
    DiskCut cut = from.cut();
    try {
      to.round(cut.buffer(), cut.length());
    } finally {
      cut.release();
    }
  }

  /** Everything that the backup has to say by now. */
  static void notes(RunningDisks to, StandbyDisks from) {
    UnsafeBuffer note = new UnsafeBuffer(new byte[16 << 10]);
    for (int length = from.nextNote(note, note.capacity());
        length > 0;
        length = from.nextNote(note, note.capacity())) {
      to.baseNote(note, 0, length);
    }
  }

  static void commit(RunningDisks from, StandbyDisks to, long epoch) {
    DiskCut cut = from.cut();
    try {
      to.commit(epoch, cut.buffer(), cut.length());
    } finally {
      cut.release();
    }
  }

  /** A copy without a guest that writes meanwhile, up to epoch 0. */
  static void copy(RunningDisks from, StandbyDisks to) throws IOException {
    from.startCopy();
    to.startCopy(REGISTER);
    while (!from.isCopied()) {
      from.copyStep(1_000_000);
      round(from, to);
    }
    commit(from, to, 0);
  }
}
