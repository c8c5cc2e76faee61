package org.understudy.node.status;

import java.util.List;
import java.util.Map;

/** Status objects for tests. */
public final class StatusSamples {
  private StatusSamples() {}

  /** A solo node after a takeover, every group filled in. */
  public static NodeStatus full() {
    NodeStatus.Percentiles values = new NodeStatus.Percentiles(10, 50, 99, 100);
    return new NodeStatus(
        "b",
        "ab12",
        42,
        "primary",
        NodeState.SOLO,
        "the primary died",
        2_000,
        1_000,
        "understudy",
        "adaptive",
        "barrier",
        new NodeStatus.OwnershipView("77", 3, "solo", "b#ab12", "", "file /x", true, ""),
        new NodeStatus.Sync(2, 4096, 0, 8192, 100),
        new NodeStatus.Replication(
            9,
            9,
            5000,
            10,
            20,
            40_960,
            100,
            Map.of("words", 70L, "headers", 30L),
            60,
            4,
            1,
            2,
            3,
            1),
        new NodeStatus.Latency(values, values, values, values, values),
        new NodeStatus.Memory(1, 2, 3, 4, 5, 6, 7, 8),
        new NodeStatus.Front(true, 200, 201, 0, 0, 9_000, 3, 2, 0),
        List.of(new NodeStatus.Takeover(10, 15, 16, 17, 18, 19, 3, 9, 40, 1_000, "connection")),
        new NodeStatus.Verify(Map.of(3L, "aa"), 0, -1),
        123,
        new NodeStatus.Vm(
            "tcg", "7.2.22", 4096, 5, Map.of("state", 1.5), 12.5, Map.of("frames", 3L)),
        new NodeStatus.Link(true, "0c0ffee0", 1, 2, 3, 4, 5, 6),
        1_500,
        1_200,
        new NodeStatus.Peer("c#cd34", "syncing", "127.0.0.1:7002", "pair differs"));
  }
}
