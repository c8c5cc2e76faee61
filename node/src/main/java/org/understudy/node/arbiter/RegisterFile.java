package org.understudy.node.arbiter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** One generation as readable JSON with a checksum over its {@code register} object. */
final class RegisterFile {
  /** Far above any real content; whatever is larger is not a register. */
  static final long MAX_BYTES = 64 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  private RegisterFile() {}

  static byte[] bytes(Register register) throws IOException {
    ObjectNode content = JSON.createObjectNode();
    content.put("format", 1);
    content.put("registerId", Long.toHexString(register.registerId()));
    content.put("generation", register.generation());
    switch (register.ownership()) {
      case Ownership.Solo solo -> {
        content.put("mode", "solo");
        put(content, "owner", solo.owner());
      }
      case Ownership.Protected pair -> {
        content.put("mode", "protected");
        put(content, "primary", pair.primary());
        put(content, "backup", pair.backup());
      }
      case Ownership.Ended ended -> content.put("mode", "ended");
    }
    ObjectNode root = JSON.createObjectNode();
    root.set("register", content);
    root.put("crc32c", checksum(content));
    return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ObjectNode content, String field, NodeId node) {
    ObjectNode child = content.putObject(field);
    child.put("name", node.name());
    child.put("incarnation", Long.toHexString(node.incarnation()));
  }

  static Register read(Path file, long generation) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw damaged(file, "it has " + Files.size(file) + " bytes");
    }
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      JsonNode content = root.path("register");
      if (!content.isObject() || !root.path("crc32c").isTextual()) {
        throw damaged(file, "it is not a register");
      }
      if (!root.path("crc32c").asText().equals(checksum(content))) {
        throw damaged(file, "its checksum does not match");
      }
      if (content.path("format").asInt() != 1) {
        throw new IOException(
            "register file " + file + " has format " + content.path("format") + ", not 1: upgrade");
      }
      if (content.path("generation").asLong() != generation) {
        throw damaged(file, "it says generation " + content.path("generation"));
      }
      long id = hex(content.path("registerId"));
      return new Register(id, generation, ownership(file, content));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw damaged(file, "it cannot be parsed");
    }
  }

  private static Ownership ownership(Path file, JsonNode content) throws IOException {
    return switch (content.path("mode").asText()) {
      case "solo" -> new Ownership.Solo(node(content.path("owner")));
      case "protected" ->
          new Ownership.Protected(node(content.path("primary")), node(content.path("backup")));
      case "ended" -> new Ownership.Ended();
      default -> throw damaged(file, "mode " + content.path("mode") + " is unknown");
    };
  }

  private static NodeId node(JsonNode node) {
    return new NodeId(node.path("name").asText(), hex(node.path("incarnation")));
  }

  private static long hex(JsonNode node) {
    return Long.parseUnsignedLong(node.asText(), 16);
  }

  private static String checksum(JsonNode content) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(JSON.writeValueAsBytes(content));
    return Long.toHexString(crc.getValue());
  }

  private static IOException damaged(Path file, String why) {
    return new IOException(
        "register file "
            + file
            + " is damaged ("
            + why
            + "): restore it from a copy, or, if both nodes are down and their guest may be given"
            + " up, remove the whole directory "
            + file.getParent());
  }
}
