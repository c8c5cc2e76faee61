package org.understudy.node.role;

import org.agrona.DirectBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.OutputGate;
import org.understudy.checkpoint.memory.GuestMemory;

/** A guest that was not made: enough for a rehearsal of what is made around one. */
record DescribedGuest(GuestDescription description) implements Guest {
  private static UnsupportedOperationException isNone() {
    return new UnsupportedOperationException("there is no guest in a rehearsal");
  }

  @Override
  public GuestMemory memory() {
    throw isNone();
  }

  @Override
  public String trackerName() {
    throw isNone();
  }

  @Override
  public OutputGate localGate() {
    throw isNone();
  }

  @Override
  public void start(GuestHost host) {
    throw isNone();
  }

  @Override
  public void startTracking() {
    throw isNone();
  }

  @Override
  public void stopTracking() {
    throw isNone();
  }

  @Override
  public void openGate() {
    throw isNone();
  }

  @Override
  public boolean offerInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    throw isNone();
  }

  @Override
  public void serveLocally(boolean on) {
    throw isNone();
  }

  @Override
  public void closeRemoteSessions() {
    throw isNone();
  }

  @Override
  public void wakeUp() {
    throw isNone();
  }

  @Override
  public int queuedInputs() {
    throw isNone();
  }

  @Override
  public void close() {
    // nothing was made
  }
}
