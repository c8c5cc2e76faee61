package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Something that QEMU tells unasked.
 *
 * @param name such as {@code STOP} or {@code MIGRATION}
 * @param data its content, an empty object where it has none
 * @param happenedNs {@link System#nanoTime} when QEMU made it, at the microsecond
 */
public record QmpEvent(String name, JsonNode data, long happenedNs) {
  /** A text in the content, or the empty text. */
  public String text(String field) {
    return data.path(field).asText("");
  }

  /** Takes events, on the connection's reading thread: it must be quick and must not ask QEMU. */
  @FunctionalInterface
  public interface Listener {
    /** An event arrived. */
    void onEvent(QmpEvent event);

    /** The connection ended; no event follows. */
    default void onClosed(QmpException cause) {}
  }
}
