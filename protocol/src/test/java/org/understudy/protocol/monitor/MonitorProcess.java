package org.understudy.protocol.monitor;

import java.util.List;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealKey;

/** A process that does nothing but listen at a monitor port, so that nothing else warms it up. */
final class MonitorProcess {
  private MonitorProcess() {}

  static SealIdentity seal(String self, String peer) {
    return new SealIdentity(self, peer, List.of(new SealKey(1, new byte[32])));
  }

  public static void main(String[] arguments) throws Exception {
    MonitorContext context =
        new MonitorContext()
            .node(new NodeId("alone", 1))
            .pairId("pair")
            .listenEndpoint("127.0.0.1:0")
            .peerEndpoint("127.0.0.1:1")
            .seal(arguments.length == 0 ? null : seal("alone", "peer"));
    try (TcpPeerMonitor monitor = new TcpPeerMonitor(context, new PeerMonitorListener() {})) {
      System.out.println(monitor.localPort());
      while (System.in.available() == 0) {
        monitor.doWork(System.nanoTime());
        Thread.onSpinWait();
      }
    }
  }
}
