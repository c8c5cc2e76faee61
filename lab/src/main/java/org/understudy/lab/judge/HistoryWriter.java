package org.understudy.lab.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a history as JSON lines: one object per operation in the order of completion, those
 * without a reply at the end, then one object per key with {@code "final": true}. Bytes of values
 * become characters 0 to 255; times are nanoseconds of the run.
 */
public final class HistoryWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final JsonGenerator json;

  /** Creates or replaces the file. */
  public HistoryWriter(Path file) throws IOException {
    json =
        new JsonFactory()
            .createGenerator(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES));
    json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
  }

  /** One operation; {@code reply} null if none arrived. */
  public void operation(History history, int row, byte[] value, Reply reply) throws IOException {
    json.writeStartObject();
    json.writeNumberField("connection", history.connection(row));
    json.writeNumberField("id", history.id(row));
    json.writeStringField("key", history.key(history.keyOf(row)));
    json.writeStringField("command", history.command(row).name());
    if (value == null) {
      json.writeNullField("value");
    } else {
      json.writeStringField("value", new String(value, StandardCharsets.ISO_8859_1));
    }
    json.writeNumberField("invokeNs", history.invokeNs(row));
    if (reply == null) {
      json.writeNullField("returnNs");
    } else {
      json.writeNumberField("returnNs", history.returnNs(row));
    }
    writeReply("reply", reply);
    json.writeEndObject();
  }

  /** The last read of a key. */
  public void finalRead(String key, long invokeNs, long returnNs, Reply reply) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("final", true);
    json.writeStringField("key", key);
    json.writeNumberField("invokeNs", invokeNs);
    json.writeNumberField("returnNs", returnNs);
    writeReply("value", reply);
    json.writeEndObject();
  }

  private void writeReply(String field, Reply reply) throws IOException {
    json.writeFieldName(field);
    switch (reply == null ? Reply.Kind.NIL : reply.kind()) {
      case NONE, NIL -> json.writeNull();
      case INTEGER -> json.writeNumber(reply.number());
      case STATUS, BULK -> json.writeString(reply.text());
      default -> { // ERROR
        json.writeStartObject();
        json.writeStringField("error", reply.text());
        json.writeEndObject();
      }
    }
  }

  @Override
  public void close() throws IOException {
    json.writeRaw('\n');
    json.close();
  }
}
