package org.understudy.node.save;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.verify.MemoryDigest;
import org.understudy.pair.ownership.NodeId;

/**
 * Where a node puts its guest aside when it is stopped and nobody else has it: {@code memory},
 * {@code device}, and {@code guest.json}, which is written last and makes a saved guest of the
 * other two. At most one guest lies there.
 */
public final class SaveDirectory {
  private static final String HEADER = "guest.json";
  private static final String MEMORY = "memory";
  private static final String DEVICE = "device";
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /** At this path, which need not exist yet. */
  public SaveDirectory(Path directory) {
    this.directory = directory;
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /**
   * The guest that lies there; empty if there is none.
   *
   * @throws IOException if it is damaged, with what to do
   */
  public Optional<SavedGuest> find() throws IOException {
    Path header = directory.resolve(HEADER);
    if (!Files.exists(header, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(header, LinkOption.NOFOLLOW_LINKS)
        || Files.size(header) > MAX_HEADER_BYTES) {
      throw damaged("it is no file of a saved guest");
    }
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(header));
      JsonNode guest = root.path("guest");
      if (!checksum(guest).equals(root.path("crc32c").asText())) {
        throw damaged("its checksum does not match");
      }
      return Optional.of(JSON.treeToValue(guest, SavedGuest.class));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw damaged("it cannot be parsed: " + e.getMessage());
    }
  }

  private IOException damaged(String why) {
    return new IOException(
        directory.resolve(HEADER)
            + " is damaged ("
            + why
            + "): restore the directory from a copy, or move it away and give that guest up");
  }

  /** Empty, and only its owner's. */
  void clear() throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    discard();
  }

  Path header() {
    return directory.resolve(HEADER);
  }

  Path memory() {
    return directory.resolve(MEMORY);
  }

  Path device() {
    return directory.resolve(DEVICE);
  }

  /** From here on a saved guest lies there. */
  void complete(SavedGuest saved) throws IOException {
    SaveFiles.syncDirectory(directory);
    ObjectNode root = JSON.createObjectNode();
    JsonNode guest = JSON.valueToTree(saved);
    root.set("guest", guest);
    root.put("crc32c", checksum(guest));
    byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    Path temporary = directory.resolve(HEADER + ".tmp");
    SaveFiles.write(temporary, MemorySegment.ofArray(text), () -> true);
    Files.move(temporary, directory.resolve(HEADER), StandardCopyOption.ATOMIC_MOVE);
    SaveFiles.syncDirectory(directory);
  }

  private static String checksum(JsonNode guest) throws JsonProcessingException {
    CRC32C crc = new CRC32C();
    crc.update(JSON.writeValueAsBytes(guest));
    return Long.toHexString(crc.getValue());
  }

  /**
   * Looks whether the guest is all there and this node's, before anything is written of it.
   *
   * @throws IOException if not, with what to do
   */
  public void check(SavedGuest saved, GuestDescription wanted) throws IOException {
    if (!saved.fits(wanted)) {
      throw new IOException(
          "the guest in "
              + directory
              + " is "
              + saved
              + ", this node is configured for "
              + wanted.type()
              + " with "
              + (wanted.layout().totalBytes() >> 20)
              + " MiB (state format "
              + wanted.stateFormatVersion()
              + "): set guest.type and guest.memory back");
    }
    for (Path file : new Path[] {memory(), device()}) {
      long expected = file.equals(memory()) ? saved.memoryBytes() : saved.deviceBytes();
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != expected) {
        throw damaged(file + " is missing, or not of " + expected + " bytes");
      }
    }
  }

  /** The guest is also that process's, which is about to go on with it. */
  public void adopt(SavedGuest saved, NodeId by) throws IOException {
    complete(saved.alsoOf(by));
  }

  /**
   * Fills memory, which is zero, and returns the device state.
   *
   * @throws IOException if the files cannot be read, or are not what was written
   */
  public byte[] load(SavedGuest saved, GuestMemory into) throws IOException {
    SaveFiles.read(memory(), into.segment());
    requireSame(memory(), into.segment(), saved.memoryDigest());
    byte[] device = new byte[saved.deviceBytes()];
    SaveFiles.read(device(), MemorySegment.ofArray(device));
    requireSame(device(), MemorySegment.ofArray(device), saved.deviceDigest());
    return device;
  }

  private void requireSame(Path file, MemorySegment bytes, String digest) throws IOException {
    if (!digest(bytes).equals(digest)) {
      throw damaged(file + " is not what was written");
    }
  }

  static String digest(MemorySegment bytes) {
    return HexFormat.of().formatHex(MemoryDigest.of(bytes));
  }

  /** The guest runs, or is given up: nothing that lies here is a guest any more. */
  public void discard() throws IOException {
    if (Files.deleteIfExists(directory.resolve(HEADER))) {
      SaveFiles.syncDirectory(directory);
    }
    Files.deleteIfExists(directory.resolve(HEADER + ".tmp"));
    Files.deleteIfExists(memory());
    Files.deleteIfExists(device());
  }
}
