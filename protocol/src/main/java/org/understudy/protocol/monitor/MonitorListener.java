package org.understudy.protocol.monitor;

/**
 * The listening side: answers peers with our line and keeps their connections, so that they see our
 * process die. Strangers are turned away; their number, bytes and time are bounded.
 */
interface MonitorListener extends AutoCloseable {
  /** Why somebody was turned away. */
  String NO_HELLO = "what it said is no monitor hello";

  /** Why somebody was turned away. */
  String SILENT = "said nothing within the time-out";

  /** Why somebody was turned away. */
  String TOO_MANY =
      "more than " + MonitorContext.MAX_INCOMING + " connections: the oldest stranger went";

  /** Why somebody was turned away. */
  String OTHER_PAIR = "it belongs to another pair: node.pair must be equal on both nodes";

  /** One duty cycle on the agent's thread; returns the work done. */
  int doWork(long nowNs);

  /** Port on which this node listens. */
  int localPort();

  /** Connections turned away so far. */
  long strangers();

  @Override
  void close();
}
