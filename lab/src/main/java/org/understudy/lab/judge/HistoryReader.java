package org.understudy.lab.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** Reads what {@link HistoryWriter} wrote, line by line; a bad line is named. */
public final class HistoryReader {
  private static final ObjectReader JSON = new ObjectMapper().reader();

  private final Path file;
  private final History history = new History();
  private long line;

  private HistoryReader(Path file) {
    this.file = file;
  }

  /** Reads a whole file. */
  public static History read(Path file) throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UserError(ExitCode.FAILED, "history file " + file + " cannot be read");
    }
    HistoryReader reader = new HistoryReader(file);
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String text = in.readLine(); text != null; text = in.readLine()) {
        reader.line++;
        if (!text.isBlank()) {
          reader.add(text);
        }
      }
    }
    if (reader.history.size() == 0) {
      throw new UserError(ExitCode.FAILED, "history file " + file + " holds no operation");
    }
    return reader.history;
  }

  private void add(String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw bad("is not JSON: " + e.getOriginalMessage());
    }
    int key = history.keyId(required(node, "key").asText());
    if (node.path("final").asBoolean()) {
      JsonNode value = node.path("value");
      history.finalRead(key, value.isNull() ? Reply.NIL : reply(LoadCommand.GET, value));
    } else {
      addOperation(key, node);
    }
  }

  private void addOperation(int key, JsonNode node) {
    LoadCommand command = command(required(node, "command").asText());
    JsonNode value = node.path("value");
    boolean carriesValue = command == LoadCommand.SET || command == LoadCommand.APPEND;
    if (carriesValue != value.isTextual()) {
      throw bad("has " + (carriesValue ? "no value" : "a value") + " for " + command);
    }
    int row =
        history.begin(
            number(node, "connection").intValue(),
            number(node, "id").intValue(),
            key,
            command,
            carriesValue ? bytes(value) : null,
            number(node, "invokeNs").longValue());
    if (node.path("returnNs").isNumber()) {
      long returnNs = node.path("returnNs").longValue();
      if (returnNs < history.invokeNs(row)) {
        throw bad("returns before it is invoked");
      }
      history.end(row, returnNs, reply(command, node.path("reply")));
    }
  }

  private LoadCommand command(String name) {
    for (LoadCommand command : LoadCommand.values()) {
      if (command.name().equals(name)) {
        return command;
      }
    }
    throw bad("has command " + name + ", not one of INCR, APPEND, SET, GET");
  }

  private Reply reply(LoadCommand command, JsonNode node) {
    if (node.isIntegralNumber()) {
      return Reply.integer(node.longValue());
    }
    if (node.isTextual()) {
      return command == LoadCommand.GET ? Reply.bulk(bytes(node)) : Reply.status(node.asText());
    }
    if (node.path("error").isTextual()) {
      return Reply.error(node.path("error").asText());
    }
    if (node.isNull()) {
      return Reply.NIL;
    }
    throw bad("has a reply that is none: " + node);
  }

  private static byte[] bytes(JsonNode node) {
    return node.asText().getBytes(StandardCharsets.ISO_8859_1);
  }

  private JsonNode required(JsonNode node, String field) {
    if (!node.hasNonNull(field)) {
      throw bad("has no '" + field + "'");
    }
    return node.path(field);
  }

  private JsonNode number(JsonNode node, String field) {
    if (!required(node, field).isIntegralNumber()) {
      throw bad("has '" + field + "' that is no whole number");
    }
    return node.path(field);
  }

  private UserError bad(String what) {
    return new UserError(ExitCode.FAILED, file + " line " + line + " " + what);
  }
}
