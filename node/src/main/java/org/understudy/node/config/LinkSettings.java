package org.understudy.node.config;

import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.link.LinkConfiguration;
import org.understudy.protocol.link.LinkContext;
import org.understudy.protocol.seal.SealIdentity;

/** The link's settings from a node's configuration. */
public final class LinkSettings {
  private LinkSettings() {}

  /**
   * A context that is filled in and not concluded yet.
   *
   * @param seal who this node is to its peer; null where nothing is sealed
   */
  public static LinkContext context(NodeConfig config, NodeId node, SealIdentity seal) {
    NodeConfig.Wire wire = config.wire();
    LinkContext context =
        new LinkContext()
            .node(node)
            .localEndpoint(config.self().replication().toString())
            .peerEndpoint(config.peer().replication().toString())
            .wireUnsealed(!wire.sealed())
            .seal(seal)
            .peerTimeoutNs(config.detect().timeoutNs())
            .mtuLength(orAuto(wire.mtuBytes()))
            .windowLength(orAuto(wire.windowBytes()))
            .receiveBufferLength(orAuto(wire.socketBufferBytes()))
            .sendBufferLength(orAuto(wire.socketBufferBytes()))
            .termLength((int) wire.termLengthBytes())
            .threadingMode(ThreadingMode.valueOf(wire.threading().name()));
    return wire.driver().isEmpty() ? context : context.externalDriver(Path.of(wire.driver()));
  }

  private static int orAuto(long bytes) {
    return bytes == NodeConfig.AUTO ? LinkConfiguration.AUTO : Math.toIntExact(bytes);
  }
}
