package org.understudy.protocol.link;

import org.understudy.protocol.wire.MessageListener;

/**
 * Takes what a {@link Link} receives, on the agent's thread inside {@link Link#doWork}. Losing an
 * image or the connection ends the ordered stream: the session has to be resumed by a new
 * handshake.
 */
public interface LinkListener extends MessageListener {
  /** A stream of the peer arrives from now on. Messages may be missing from its start. */
  default void onPeerAvailable(int streamSessionId, String source) {}

  /**
   * A stream of the peer ended or timed out.
   *
   * @param wasCurrent the last accepted message came on it: the session's order is broken. A stream
   *     that the peer has replaced ends without meaning.
   */
  default void onPeerUnavailable(int streamSessionId, boolean wasCurrent) {}

  /** What is sent reaches a receiver from now on. */
  default void onConnected() {}

  /** No receiver answers any more. */
  default void onDisconnected() {}
}
