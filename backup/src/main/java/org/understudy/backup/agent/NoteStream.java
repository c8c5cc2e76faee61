package org.understudy.backup.agent;

import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SendStatus;

/** What the standby has to tell the guest during the initial copy, one message per duty cycle. */
final class NoteStream {
  private static final int CAPACITY_BYTES = 16 << 10;

  private final Standby standby;
  private final UnsafeBuffer note = new UnsafeBuffer(new byte[CAPACITY_BYTES]);
  private int pendingBytes;

  NoteStream(Standby standby) {
    this.standby = standby;
  }

  /** A new copy starts: what waits belongs to the one before. */
  void restart() {
    pendingBytes = 0;
  }

  int work(MessageSender sender) {
    if (pendingBytes == 0) {
      pendingBytes = standby.nextNote(note, CAPACITY_BYTES);
    }
    if (pendingBytes == 0) {
      return 0;
    }
    if (sender.standbyNote(note, 0, pendingBytes) != SendStatus.BACK_PRESSURED) {
      pendingBytes = 0;
    }
    return 1;
  }
}
