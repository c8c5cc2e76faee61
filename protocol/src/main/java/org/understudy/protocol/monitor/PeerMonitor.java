package org.understudy.protocol.monitor;

/** Drives both directions of the monitor connection; never blocks. */
public interface PeerMonitor extends AutoCloseable {
  /** One duty cycle; returns the work done. */
  int doWork(long nowNs);

  /** Port on which this node listens. */
  int localPort();

  /** Whether a connection is bound to a peer's process now. */
  boolean isPeerConnected();

  /** Connections turned away so far. */
  long strangers();

  @Override
  void close();
}
