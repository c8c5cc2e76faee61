package org.understudy.vm.qmp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;

/** Turns lines into messages and trusts none: a guest may have taken over its QEMU. */
final class QmpParser {
  /** QEMU's own answers nest less than ten deep. */
  static final int MAX_NESTING = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_NESTING)
                          .maxStringLength(QmpLines.MAX_LINE_BYTES)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private QmpParser() {}

  static QmpMessage parse(byte[] bytes, int length, QmpClock now) {
    JsonNode line = read(bytes, length);
    if (line.has("return")) {
      return new QmpMessage.Answer(id(line), line.get("return"));
    }
    if (line.has("error")) {
      JsonNode error = object(line, "error");
      return new QmpMessage.Refusal(id(line), text(error, "class"), text(error, "desc"));
    }
    if (line.has("event")) {
      JsonNode data =
          line.has("data") ? object(line, "data") : JsonNodeFactory.instance.objectNode();
      long happenedNs = now.monotonicNs(happenedUs(line.path("timestamp")));
      return new QmpMessage.Event(new QmpEvent(text(line, "event"), data, happenedNs));
    }
    if (line.has("QMP")) {
      JsonNode greeting = object(line, "QMP");
      return new QmpMessage.Greeting(
          version(object(greeting, "version")), hasOutOfBand(greeting.path("capabilities")));
    }
    throw new QmpFormatException("neither greeting, answer, error nor event: " + excerpt(line));
  }

  private static boolean hasOutOfBand(JsonNode capabilities) {
    for (JsonNode capability : capabilities) {
      if (capability.asText().equals("oob")) {
        return true;
      }
    }
    return false;
  }

  /** By QEMU's clock; a time that never was where it does not say. */
  private static long happenedUs(JsonNode timestamp) {
    return 1_000_000 * timestamp.path("seconds").asLong() + timestamp.path("microseconds").asLong();
  }

  /** The version as the greeting and {@code query-version} tell it. */
  static QmpVersion version(JsonNode version) {
    JsonNode numbers = object(version, "qemu");
    return new QmpVersion(
        number(numbers, "major"),
        number(numbers, "minor"),
        number(numbers, "micro"),
        version.path("package").asText(""));
  }

  static JsonNode object(JsonNode parent, String field) {
    JsonNode node = parent.path(field);
    if (!node.isObject()) {
      throw new QmpFormatException("no object '" + field + "' in " + excerpt(parent));
    }
    return node;
  }

  static String text(JsonNode parent, String field) {
    JsonNode node = parent.path(field);
    if (!node.isTextual()) {
      throw new QmpFormatException("no text '" + field + "' in " + excerpt(parent));
    }
    return node.textValue();
  }

  static int number(JsonNode parent, String field) {
    JsonNode node = parent.path(field);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new QmpFormatException("no number '" + field + "' in " + excerpt(parent));
    }
    return node.intValue();
  }

  static String excerpt(JsonNode node) {
    String text = node.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  private static JsonNode read(byte[] bytes, int length) {
    try {
      JsonNode line = MAPPER.readTree(bytes, 0, length);
      if (line == null || !line.isObject()) {
        throw new QmpFormatException("a line that is no JSON object");
      }
      return line;
    } catch (JsonProcessingException e) {
      throw new QmpFormatException("a line that is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new QmpFormatException("a line that cannot be read: " + e.getMessage(), e);
    }
  }

  private static long id(JsonNode line) {
    JsonNode id = line.path("id");
    if (!id.isIntegralNumber() || !id.canConvertToLong()) {
      // QEMU leaves it out where it could not even parse the request: nothing to match it with.
      throw new QmpFormatException("an answer without our number: " + excerpt(line));
    }
    return id.longValue();
  }
}
