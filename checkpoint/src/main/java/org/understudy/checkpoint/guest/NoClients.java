package org.understudy.checkpoint.guest;

import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;

/** A front at which nobody ever is. */
final class NoClients implements ClientFront {
  @Override
  public void startAccepting(long firstSessionId) {
    // nobody comes
  }

  @Override
  public void stopAccepting() {
    // nobody came
  }

  @Override
  public int poll(Sink sink) {
    return 0;
  }

  @Override
  public void awaitReady(long timeoutNs) {
    LockSupport.parkNanos(timeoutNs);
  }

  @Override
  public void wakeUp() {
    // a wait ends by itself
  }

  @Override
  public void send(long sessionId, DirectBuffer buffer, int offset, int length) {
    // unknown session
  }

  @Override
  public void closeSession(long sessionId) {
    // unknown session
  }

  @Override
  public void closeSessions() {
    // there are none
  }

  @Override
  public boolean isConnected(long sessionId) {
    return false;
  }

  @Override
  public int sessions() {
    return 0;
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public void close() {
    // nothing is open
  }
}
