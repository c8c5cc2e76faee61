package org.understudy.protocol.seal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.understudy.protocol.wire.WireLimits;

/**
 * Who this node is to its peer, and how both prove it.
 *
 * @param self name of this node
 * @param peer name of the peer; a node of another name proves nothing, whatever key it has
 * @param keys what both may have, the preferred one first; more than one while keys change
 */
public record SealIdentity(String self, String peer, List<SealKey> keys) {
  /** What is said in one place proves nothing in the other. */
  enum Purpose {
    LINK,
    MONITOR
  }

  /** Needs a key. */
  public SealIdentity {
    keys = List.copyOf(keys);
    if (keys.isEmpty() || self.equals(peer)) {
      throw new IllegalArgumentException("two nodes and a key: " + self + ", " + peer);
    }
  }

  /** The key of that id; null if there is none. */
  SealKey key(int id) {
    for (SealKey key : keys) {
      if (key.id() == id) {
        return key;
      }
    }
    return null;
  }

  /** What both must believe alike when this node begins. */
  byte[] prologueOfOwn(Purpose purpose) {
    return prologue(purpose, self, peer);
  }

  /** What both must believe alike when the peer begins. */
  byte[] prologueOfPeer(Purpose purpose) {
    return prologue(purpose, peer, self);
  }

  private static byte[] prologue(Purpose purpose, String initiator, String responder) {
    String text =
        "understudy " + WireLimits.VERSION + " " + purpose + " " + initiator + " " + responder;
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
