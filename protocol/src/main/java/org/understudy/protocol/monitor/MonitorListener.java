package org.understudy.protocol.monitor;

/**
 * The listening side: answers peers with our line and keeps their connections, so that they see our
 * process die. Strangers are turned away; their number, bytes and time are bounded.
 */
interface MonitorListener extends AutoCloseable {
  /** One duty cycle on the agent's thread; returns the work done. */
  int doWork(long nowNs);

  /** Port on which this node listens. */
  int localPort();

  /** Connections turned away so far. */
  long strangers();

  @Override
  void close();
}
