package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.MirroredInputDecoder;
import org.understudy.protocol.link.LinkListener;

/**
 * After a move: clients' packets still reach the host that the guest has left, until their switches
 * have learned better. Its node passes them on in the session in which it handed the guest over.
 */
final class LateMirrors implements LinkListener {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.takeover");

  private final Standby standby;
  private final long lastSession;

  /**
   * For one move.
   *
   * @param lastSession the session of the handover, 0 if the guest was not handed over
   */
  LateMirrors(Standby standby, long lastSession) {
    this.standby = standby;
    this.lastSession = lastSession;
  }

  @Override
  public boolean admits(int templateId, long generation, long linkSession) {
    return templateId == MirroredInputDecoder.TEMPLATE_ID
        && lastSession != 0
        && linkSession == lastSession;
  }

  @Override
  public void onMirroredInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    try {
      standby.mirrored(sequence, sessionId, buffer, offset, length);
    } catch (RuntimeException e) {
      LOG.warn("an input that came late is lost, its sender will repeat it: {}", e.getMessage());
    }
  }
}
