package org.understudy.simulation;

import java.util.Map;
import java.util.TreeMap;

/** Messages of the wire that a pair of services sends, by template. */
final class AgentMessages {
  static final int CHECKPOINT_BEGIN = 10;
  static final int PAGE_BATCH = 11;
  static final int CHECKPOINT_END = 13;

  static final Map<Integer, String> NAMES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(1, "Hello"),
              Map.entry(2, "HelloReply"),
              Map.entry(3, "HelloReject"),
              Map.entry(CHECKPOINT_BEGIN, "CheckpointBegin"),
              Map.entry(PAGE_BATCH, "PageBatch"),
              Map.entry(12, "Section"),
              Map.entry(CHECKPOINT_END, "CheckpointEnd"),
              Map.entry(20, "Ack"),
              Map.entry(21, "Protected"),
              Map.entry(22, "OutputAck"),
              Map.entry(32, "SessionOutput"),
              Map.entry(30, "Input"),
              Map.entry(34, "BaseHashes"),
              Map.entry(40, "Heartbeat"),
              Map.entry(41, "Goodbye")));

  private AgentMessages() {}

  static boolean isCheckpoint(int template) {
    return template >= CHECKPOINT_BEGIN && template <= CHECKPOINT_END;
  }
}
