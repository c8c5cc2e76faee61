package org.understudy.protocol.seal;

import org.agrona.DirectBuffer;

/** Takes what a {@link WireLayer} makes of what came. */
public interface WireListener {
  /** The peer said this, in its turn. */
  void onOpened(int stream, DirectBuffer buffer, int offset, int length);

  /**
   * The peer said things that never came, and then what follows by {@link #onOpened}: the order of
   * the session is broken, as when a stream ends and another one begins.
   */
  void onMissing(int stream);

  /** A record under keys that are not in use any more. */
  void onStale();

  /** Nothing was believed. */
  void onRefused();
}
