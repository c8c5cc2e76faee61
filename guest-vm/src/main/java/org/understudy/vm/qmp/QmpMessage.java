package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;

/** What QEMU can say, one line each. */
sealed interface QmpMessage {
  /** The first line of a connection, and whether it can do requests out of band. */
  record Greeting(QmpVersion version, boolean hasOutOfBand) implements QmpMessage {}

  /** A request was carried out. */
  record Answer(long id, JsonNode value) implements QmpMessage {}

  /** A request was refused. */
  record Refusal(long id, String errorClass, String description) implements QmpMessage {}

  /** Something happened. */
  record Event(QmpEvent event) implements QmpMessage {}
}
