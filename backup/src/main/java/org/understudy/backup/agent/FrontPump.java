package org.understudy.backup.agent;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.backup.StampClock;
import org.understudy.backup.log.InputLog;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.protocol.wire.MessageSender;

/**
 * Between the front and the primary: every client event gets its stamp and its number in the input
 * log before it goes anywhere, and is sent from there.
 */
final class FrontPump {
  /**
   * Each generation numbers its sessions in a block of its own, so that no two fronts ever meet.
   */
  private static final int SESSION_BLOCK_BITS = 40;

  private static final UnsafeBuffer NO_BYTES = new UnsafeBuffer(new byte[0]);

  private final ClientFront front;
  private final InputLog log;
  private final StampClock clock;
  private final ClientFront.Sink sink = this::onClientEvent;
  private final InputLog.Consumer toPrimary = this::send;
  private MessageSender sender;
  private long nowNs;
  private long sentInput;
  private long timerInput;
  private boolean accepting;
  private boolean open;
  private long inputs;
  private long opened;

  FrontPump(ClientFront front, InputLog log, StampClock clock) {
    this.front = front;
    this.log = log;
    this.clock = clock;
  }

  void acceptClients(boolean on, long generation) {
    if (on && !accepting) {
      front.startAccepting((generation << SESSION_BLOCK_BITS) + 1);
      open = true;
    } else if (!on && accepting) {
      front.stopAccepting();
    }
    accepting = on;
  }

  /** Reads clients and writes to them. */
  int poll(long cycleNs) {
    if (!open) {
      return 0;
    }
    nowNs = cycleNs;
    return front.poll(sink);
  }

  private boolean onClientEvent(
      InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    if (log.append(clock.stamp(nowNs), kind, sessionId, buffer, offset, length) == 0) {
      return false;
    }
    inputs++;
    if (kind == InputKind.SESSION_OPENED) {
      opened++;
    }
    return true;
  }

  /** Logs the timer that the committed state asks for, once, when the clock gets there. */
  void timer(long cycleNs, long nextTimerNs, long inputPosition) {
    boolean due = clock.peek(cycleNs) >= nextTimerNs && inputPosition >= timerInput;
    if (open && due) {
      long sequence = log.append(clock.stamp(cycleNs), InputKind.TIMER, 0, NO_BYTES, 0, 0);
      timerInput = sequence == 0 ? timerInput : sequence;
    }
  }

  /** Sends what is logged and not sent. */
  int sendInputs(MessageSender to) {
    if (sentInput >= log.lastSequence()) {
      return 0;
    }
    sender = to;
    long before = sentInput;
    sentInput = log.forEachAfter(sentInput, toPrimary);
    return (int) (sentInput - before);
  }

  private boolean send(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer buffer,
      int offset,
      int length) {
    var wireKind = org.understudy.protocol.codecs.InputKind.get((short) kind.code());
    return sender.input(sequence, stampNs, wireKind, sessionId, buffer, offset, length).sent();
  }

  void sendAgainAfter(long sequence) {
    sentInput = sequence;
  }

  void restart(long lastInputReceived) {
    closeClients();
    log.restartAfter(lastInputReceived);
    sentInput = lastInputReceived;
    timerInput = 0;
  }

  /** Closes every client after the bytes that are queued for it. */
  void closeClients() {
    front.closeSessions();
  }

  long inputs() {
    return inputs;
  }

  long opened() {
    return opened;
  }

  boolean isAccepting() {
    return accepting;
  }
}
