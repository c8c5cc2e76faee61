package org.understudy.protocol.monitor;

import org.understudy.pair.ownership.NodeId;

/** A process that does nothing but listen at a monitor port, so that nothing else warms it up. */
final class MonitorProcess {
  private MonitorProcess() {}

  public static void main(String[] arguments) throws Exception {
    MonitorContext context =
        new MonitorContext()
            .node(new NodeId("alone", 1))
            .pairId("pair")
            .listenEndpoint("127.0.0.1:0")
            .peerEndpoint("127.0.0.1:1");
    try (TcpPeerMonitor monitor = new TcpPeerMonitor(context, new PeerMonitorListener() {})) {
      System.out.println(monitor.localPort());
      while (System.in.available() == 0) {
        monitor.doWork(System.nanoTime());
        Thread.onSpinWait();
      }
    }
  }
}
