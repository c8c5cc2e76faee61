package org.understudy.node.role;

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

  NodeStatus.Verify view() {
    return new NodeStatus.Verify(hashes);
  }
}
