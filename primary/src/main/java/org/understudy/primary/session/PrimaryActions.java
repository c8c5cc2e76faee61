package org.understudy.primary.session;

import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;

/**
 * What a {@link PrimarySession} has done. Called from inside its events, on the agent's thread;
 * nothing blocks, and nothing calls back into the session.
 */
public interface PrimaryActions {
  /** Where this session claims and reads the register. */
  RegisterPort arbiter();

  /** Sends HelloReply; {@code resume} says RESUME, else a copy, over the sender's base if any. */
  void sendHelloReply(
      PeerHello hello, long generation, long linkSession, boolean resume, long lastInputReceived);

  /** Sends HelloReject. */
  void sendHelloReject(PeerHello hello, long generation, Reject code, String text);

  /** Sends a heartbeat; false where the link is full or gone: then it stays due. */
  boolean sendHeartbeat(long generation, long linkSession);

  /** Sends Protected in the old generation. */
  void sendProtected(long generation, long linkSession, long protectedGeneration);

  /** Sends a goodbye to the backup. */
  void sendGoodbye(long generation, long linkSession, Goodbye reason, String text);

  /**
   * Everything sent from now on (and sent again) carries these two numbers. A link session of 0:
   * there is none; checkpoints are still encoded and kept, nothing is sent.
   */
  void useLink(long generation, long linkSession);

  /**
   * A new backup: start tracking from nothing, forget shadow, sharing index and whatever was
   * retained for another copy. Captures carry this copy's number.
   */
  void startCopy(long copy);

  /**
   * The backup's memory is not zero: it says what it holds before the first capture is asked for,
   * and what it holds already is not shipped.
   */
  void awaitBase();

  /** Asks the guest for a capture: ROUND, CHECKPOINT for epoch 0, FINAL or HANDOVER. */
  void requestCapture(CaptureKind kind);

  /**
   * The guest goes on though a HANDOVER was asked for, whether or not it is paused by it already.
   *
   * @param paced captures follow by pace again; else none does
   */
  void resumeGuest(boolean paced);

  /** Whether everything that was released has left this node's gate. */
  boolean isOutputSettled();

  /**
   * Stops tracking; captures on their way are dropped, retained messages and encoder state are
   * forgotten. Held output stays held.
   */
  void stopCopy();

  /** Sends retained checkpoints after this epoch and outputs after this one again, in order. */
  void resend(long afterEpoch, long afterOutput);

  /** Epochs up to this one are committed: their retained messages may be forgotten. */
  void forgetRetained(long epoch);

  /** The gate on this node may release epochs up to this one. */
  void releaseOutput(long epoch);

  /** Protection ended by a won claim: held output leaves, nothing is held any more. */
  void openGate();

  /**
   * Pauses the guest and writes it down, in the background; {@link PrimarySession#onSaved} or
   * {@link PrimarySession#onSaveFailed} follows, unless it is abandoned.
   *
   * @param copy number of the capture with which the guest is paused
   */
  void saveGuest(long copy);

  /**
   * Gives that up. False: the guest is written down as a whole, or about to be, and {@link
   * PrimarySession#onSaved} follows. True: nothing of it counts, and the guest may go on.
   */
  boolean abandonSave();

  /** Ownership is lost: held output is dropped and nothing leaves any more. */
  void discardOutput();

  /** Opens or closes the listener of this node's own front. */
  void serveLocally(boolean on);

  /** The backup's front is gone: the guest sees its sessions closed. */
  void closeRemoteSessions();

  /** Stops the guest at once. */
  void stopGuest(String reason);

  /** How long inputs of a guest that moved may still come to this node; 0 for not at all. */
  default long inputLingerNs() {
    return 0;
  }

  /**
   * Copies of inputs go on to the backup although the link session is over, or not any more.
   *
   * @param on before {@link #useLink} ends the session
   */
  default void passInputsOn(boolean on) {}
}
