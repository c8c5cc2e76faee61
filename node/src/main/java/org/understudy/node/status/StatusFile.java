package org.understudy.node.status;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The status file of a node: one JSON object, replaced as a whole, so that a reader never sees half
 * of one. It is not fsynced: it tells, nothing is decided by it.
 */
public final class StatusFile {
  /** Its name in a node's directory. */
  public static final String NAME = "status.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path file;
  private final Path temporary;

  /** The status file at this path. */
  public StatusFile(Path file) {
    this.file = file;
    this.temporary = file.resolveSibling(file.getFileName() + ".tmp");
  }

  /** Replaces the file. One thread at a time. */
  public void write(NodeStatus status) throws IOException {
    Files.write(temporary, JSON.writeValueAsBytes(status));
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The last status; empty if there is none. */
  public Optional<NodeStatus> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), NodeStatus.class));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(
          "status file " + file + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }
}
