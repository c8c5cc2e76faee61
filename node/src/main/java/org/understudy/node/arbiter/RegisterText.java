package org.understudy.node.arbiter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * A register as readable JSON with a checksum over its {@code register} object: what every kind of
 * arbiter keeps. For people it also says when it was written, and what stood there before.
 */
final class RegisterText {
  /** Far above any real content; whatever is larger is not a register. */
  static final int MAX_BYTES = 64 << 10;

  /** Changes of ownership that a register tells of, its own included. */
  static final int KEPT_CHANGES = 16;

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

  /**
   * The text of a register that was written by nobody before.
   *
   * @param over the text that it replaces, which was parsed; null for none
   */
  static byte[] bytes(Register register, byte[] over) throws IOException {
    ObjectNode content = content(register);
    content.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    ArrayNode before = content.putArray("before");
    if (over != null && JSON.readTree(over).path("register") instanceof ObjectNode replaced) {
      JsonNode earlier = replaced.remove("before");
      before.add(replaced);
      addUpTo(KEPT_CHANGES - 1, earlier, before);
    }
    ObjectNode root = JSON.createObjectNode();
    root.set("register", content);
    root.put("crc32c", checksum(content));
    return (JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Earlier versions wrote no changes. */
  private static void addUpTo(int limit, JsonNode changes, ArrayNode to) {
    for (int i = 0; changes != null && i < changes.size() && to.size() < limit; i++) {
      to.add(changes.get(i));
    }
  }

  private static ObjectNode content(Register register) {
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
      case Ownership.Saved saved -> {
        content.put("mode", "saved");
        put(content, "owner", saved.by());
      }
      case Ownership.Ended ended -> content.put("mode", "ended");
    }
    return content;
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
    return register(content(text));
  }

  /** The register and those before it, the newest first; refused as by {@link #parse}. */
  List<RegisterChange> history(byte[] text) throws IOException {
    JsonNode content = content(text);
    List<RegisterChange> changes = new ArrayList<>();
    changes.add(change(content));
    for (JsonNode before : content.path("before")) {
      changes.add(change(before));
    }
    return changes;
  }

  private RegisterChange change(JsonNode content) throws IOException {
    try {
      String at = content.path("at").asText();
      return new RegisterChange(register(content), at.isEmpty() ? null : Instant.parse(at));
    } catch (DateTimeParseException e) {
      throw damaged("its time " + content.path("at") + " is none");
    }
  }

  /** The object of the register, whole and of this format. */
  private JsonNode content(byte[] text) throws IOException {
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
      return content;
    } catch (JsonProcessingException e) {
      throw damaged("it cannot be parsed");
    }
  }

  private Register register(JsonNode content) throws IOException {
    try {
      long id = hex(content.path("registerId"));
      return new Register(id, content.path("generation").asLong(), ownership(content));
    } catch (IllegalArgumentException e) {
      throw damaged("it cannot be parsed");
    }
  }

  private Ownership ownership(JsonNode content) throws IOException {
    return switch (content.path("mode").asText()) {
      case "solo" -> new Ownership.Solo(node(content.path("owner")));
      case "protected" ->
          new Ownership.Protected(node(content.path("primary")), node(content.path("backup")));
      case "saved" -> new Ownership.Saved(node(content.path("owner")));
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
