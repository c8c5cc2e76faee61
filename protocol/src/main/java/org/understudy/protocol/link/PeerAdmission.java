package org.understudy.protocol.link;

import java.net.InetAddress;
import java.util.List;

/**
 * Decides which frames reach the media driver. A driver believes whoever writes to its port: it
 * takes the length of a stream's buffers from a set-up frame of 40 bytes and allocates up to 3 GiB
 * for it. So only the peer's addresses are let in, only streams of our own term length, and no more
 * of them at once than there is room for.
 *
 * <p>Not thread-safe: the receiver's thread asks. No allocation.
 */
final class PeerAdmission {
  private final InetAddress[] peers;
  private final int streamId;
  private final int termLength;
  private final long idleNs;
  private final int[] sessions = new int[LinkSpace.MAX_IMAGES];
  private final long[] lastSeenNs = new long[LinkSpace.MAX_IMAGES];
  private int count;

  /**
   * For one receiving socket.
   *
   * @param peers every address of the peer
   * @param idleNs after so long without a frame the place of a stream is given to another one
   */
  PeerAdmission(List<InetAddress> peers, int streamId, int termLength, long idleNs) {
    this.peers = peers.toArray(InetAddress[]::new);
    this.streamId = streamId;
    this.termLength = termLength;
    this.idleNs = idleNs;
  }

  /** Whether a frame comes from the peer's host. */
  boolean isPeer(InetAddress source) {
    for (InetAddress peer : peers) {
      if (peer.equals(source)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a stream of these sizes is one that a node of this pair would make. */
  boolean isOurs(int stream, int term, int mtu) {
    return stream == streamId
        && term == termLength
        && mtu >= LinkConfiguration.MTU_LEAST
        && mtu <= LinkConfiguration.MTU_LOOPBACK
        && mtu % LinkConfiguration.MTU_UNIT == 0;
  }

  /**
   * Whether this stream has a place, or gets one.
   *
   * @param images streams that the driver holds now
   */
  boolean hasPlace(int session, int images, long nowNs) {
    for (int i = 0; i < count; i++) {
      if (sessions[i] == session) {
        lastSeenNs[i] = nowNs;
        return true;
      }
    }
    int place = images < LinkSpace.MAX_IMAGES ? freePlace(nowNs) : -1;
    if (place < 0) {
      return false;
    }
    sessions[place] = session;
    lastSeenNs[place] = nowNs;
    return true;
  }

  private int freePlace(long nowNs) {
    if (count < sessions.length) {
      return count++;
    }
    int idlest = 0;
    for (int i = 1; i < count; i++) {
      idlest = lastSeenNs[i] - lastSeenNs[idlest] < 0 ? i : idlest;
    }
    return nowNs - lastSeenNs[idlest] >= idleNs ? idlest : -1;
  }
}
