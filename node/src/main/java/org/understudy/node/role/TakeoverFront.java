package org.understudy.node.role;

import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.backup.output.ReleasedBeyondCommit;
import org.understudy.checkpoint.guest.ClientFront;

/**
 * The backup's front in the hands of the guest that took over. During the replay it leaves out the
 * bytes that had already left ({@code llm}, SAFETY rule S4) and compares them; and it notes when
 * the first answer leaves.
 */
final class TakeoverFront implements ClientFront {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.takeover");

  private final ClientFront front;
  private final ReleasedBeyondCommit released;
  private final LongConsumer onFirstAnswer;
  private volatile boolean replaying = true;
  private boolean answered;
  private boolean reported;

  TakeoverFront(ClientFront front, ReleasedBeyondCommit released, LongConsumer onFirstAnswer) {
    this.front = front;
    this.released = released;
    this.onFirstAnswer = onFirstAnswer;
  }

  /** The replay is over; the guest's thread is at rest. */
  void replayDone() {
    int missing = released.endReplay();
    if (missing > 0) {
      LOG.error("replay did not make again what {} sessions had been sent", missing);
    }
    replaying = false;
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    int skip = replaying ? released.suppress(sessionId, buffer, offset, length) : 0;
    if (skip < 0) {
      LOG.error(
          "replay answered session {} differently from before: the session is closed", sessionId);
      front.closeSession(sessionId);
    } else if (skip < length) {
      front.send(sessionId, buffer, offset + skip, length - skip);
      answered = true;
    }
  }

  @Override
  public int poll(Sink sink) {
    int work = front.poll(sink);
    if (answered && !reported) {
      reported = true;
      onFirstAnswer.accept(System.nanoTime());
    }
    return work;
  }

  @Override
  public void startAccepting(long firstSessionId) {
    front.startAccepting(firstSessionId);
  }

  @Override
  public void stopAccepting() {
    front.stopAccepting();
  }

  @Override
  public void awaitReady(long timeoutNs) {
    front.awaitReady(timeoutNs);
  }

  @Override
  public void wakeUp() {
    front.wakeUp();
  }

  @Override
  public void closeSession(long sessionId) {
    front.closeSession(sessionId);
  }

  @Override
  public void closeSessions() {
    front.closeSessions();
  }

  @Override
  public boolean isConnected(long sessionId) {
    return front.isConnected(sessionId);
  }

  @Override
  public int sessions() {
    return front.sessions();
  }

  @Override
  public long queuedBytes() {
    return front.queuedBytes();
  }

  @Override
  public long slowClientsClosed() {
    return front.slowClientsClosed();
  }

  @Override
  public long clientsRefused() {
    return front.clientsRefused();
  }

  @Override
  public void close() {
    front.close();
  }
}
