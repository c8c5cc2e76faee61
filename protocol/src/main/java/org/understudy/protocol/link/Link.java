package org.understudy.protocol.link;

import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SessionStamp;

/**
 * One node's end of the link to its peer. All methods are called by one thread, the agent's; none
 * of them blocks except {@link #close} and {@link #renew}, which take a few milliseconds.
 */
public interface Link extends AutoCloseable {
  /** Who is told from now on; the link outlives a takeover. Before the first one: nobody. */
  void listen(LinkListener listener);

  /**
   * One duty cycle: drives the embedded media driver and the client, then delivers at most a
   * bounded number of messages and all connection events to the {@link LinkListener}.
   *
   * @return work done, for the idle strategy
   * @throws IllegalStateException if the listener failed on a message: nothing after it was
   *     delivered in this cycle. The node must not go on as if it had handled it: it stops, or
   *     gives the session up
   */
  int doWork();

  /** Sends; every message is stamped with {@link #session}. */
  MessageSender sender();

  /** The session that messages are stamped with. */
  SessionStamp session();

  /** Whether the peer receives what is sent now. */
  boolean isConnected();

  /** Whether a peer's stream arrives. */
  boolean isPeerThere();

  /** Everything sent was handed to the network at least once; asked before the process ends. */
  boolean isFlushed();

  /**
   * Drops what is in the outgoing stream and starts a new one; ends the session. To be called when
   * a session ended, before the next handshake.
   */
  void renew();

  /** Id of the key by which the nodes prove who they are; empty where nothing is sealed. */
  default String keyId() {
    return "";
  }

  /** What was sent and received, by message. */
  LinkTraffic traffic();

  /** One line: addresses and what was chosen. */
  String describe();

  @Override
  void close();
}
