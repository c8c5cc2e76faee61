package org.understudy.node.arbiter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * A register as readable JSON with a checksum over its {@code register} object: what every kind of
 * arbiter keeps.
 */
final class RegisterText {
  /** Far above any real content; whatever is larger is not a register. */
  static final int MAX_BYTES = 64 << 10;

  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String place;
  private final String remedy;

  /**
   * For the registers of one place.
   *
   * @param place names it in errors
   * @param remedy what to do where it is damaged
   */
  RegisterText(String place, String remedy) {
    this.place = place;
    this.remedy = remedy;
  }

  static byte[] bytes(Register register) throws IOException {
    ObjectNode content = JSON.createObjectNode();
    content.put("format", FORMAT);
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

  /**
   * Reads one.
   *
   * @throws IOException if it is damaged, or of a newer format
   */
  Register parse(byte[] text) throws IOException {
    if (text.length > MAX_BYTES) {
      throw damaged("it has " + text.length + " bytes");
    }
    try {
      JsonNode root = JSON.readTree(text);
      JsonNode content = root.path("register");
      if (!content.isObject() || !root.path("crc32c").isTextual()) {
        throw damaged("it is not a register");
      }
      if (!root.path("crc32c").asText().equals(checksum(content))) {
        throw damaged("its checksum does not match");
      }
      if (content.path("format").asInt() != FORMAT) {
        throw new IOException(
            place + " has format " + content.path("format") + ", not " + FORMAT + ": upgrade");
      }
      long id = hex(content.path("registerId"));
      return new Register(id, content.path("generation").asLong(), ownership(content));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw damaged("it cannot be parsed");
    }
  }

  private Ownership ownership(JsonNode content) throws IOException {
    return switch (content.path("mode").asText()) {
      case "solo" -> new Ownership.Solo(node(content.path("owner")));
      case "protected" ->
          new Ownership.Protected(node(content.path("primary")), node(content.path("backup")));
      case "ended" -> new Ownership.Ended();
      default -> throw damaged("mode " + content.path("mode") + " is unknown");
    };
  }

  IOException damaged(String why) {
    return new IOException(place + " is damaged (" + why + "): " + remedy);
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
}
