package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One command with its arguments; records implement it.
 *
 * @param <R> what it returns
 */
public interface QmpRequest<R> {
  /** QEMU's name of the command. */
  String command();

  /** Arguments as JSON, or null for none. */
  default JsonNode arguments() {
    return null;
  }

  /**
   * Reads the answer.
   *
   * @throws QmpFormatException where it has not the shape that this command promises
   */
  R answer(JsonNode value);
}
