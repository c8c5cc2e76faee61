package org.understudy.node.role;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import org.understudy.node.status.NodeStatus;

/** Digests of this node's memory by epoch. */
final class VerifySamples implements ObjLongConsumer<byte[]> {
  private final Map<Long, String> hashes = new ConcurrentHashMap<>();

  @Override
  public void accept(byte[] digest, long epoch) {
    hashes.put(epoch, HexFormat.of().formatHex(digest));
  }

  private volatile long differences;
  private volatile long lastDifferentEpoch = -1;

  /** Both nodes' digests of one epoch are known; one thread. */
  void compared(byte[] ofPrimary, byte[] own, long epoch) {
    accept(own, epoch);
    if (!Arrays.equals(ofPrimary, own)) {
      lastDifferentEpoch = epoch;
      differences = differences + 1;
    }
  }

  NodeStatus.Verify view() {
    return new NodeStatus.Verify(hashes, differences, lastDifferentEpoch);
  }
}
