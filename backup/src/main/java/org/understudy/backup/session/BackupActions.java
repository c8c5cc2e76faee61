package org.understudy.backup.session;

import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;

/**
 * What a {@link BackupSession} has done. Called from inside its events, on the agent's thread;
 * nothing blocks, and nothing calls back into the session.
 */
public interface BackupActions {
  /** Where this session claims and reads the register. */
  RegisterPort arbiter();

  /** Sends Hello, connecting first where there is no connection. */
  void sendHello(HelloContent hello);

  /** Whether there is memory of before that a copy may go over. */
  default boolean hasBase() {
    return false;
  }

  /** Whether what is sent reaches anybody, as far as the link knows. */
  default boolean isConnected() {
    return true;
  }

  /** Starts the link's outgoing stream anew. */
  default void renewLink() {}

  /** Sends a heartbeat; false where the link is full or gone: then it stays due. */
  boolean sendHeartbeat(long generation, long linkSession);

  /** Sends a cumulative ack of commits; repeated by the session when it may have been lost. */
  void sendAck(long generation, long linkSession, long epoch);

  /** Sends a cumulative ack of output messages. */
  void sendOutputAck(long generation, long linkSession, long sequence);

  /** Sends a goodbye to the primary. */
  void sendGoodbye(long generation, long linkSession, Goodbye reason, String text);

  /**
   * Inputs sent from now on carry these two numbers. A link session of 0: there is none; inputs are
   * logged and not sent.
   */
  void useLink(long generation, long linkSession);

  /**
   * A claim is sent: what a takeover needs may be prepared as far as nobody can see it.
   *
   * @param linkSession the session in which the primary hands the guest over, which is over but for
   *     one thing: copies of inputs that still reached it are taken; 0 where there is none
   */
  default void expectTakeover(long generation, long linkSession) {}

  /**
   * A copy follows, as the answer says: image, staging, held output and input log start empty; the
   * first input of the log is the one after the last that the primary received. A copy over a base
   * begins with what {@link #hasBase} spoke of, which the primary is told first; else with zeros.
   */
  void startImage(HelloAnswer answer);

  /** Sends logged inputs after this one (again), then new ones. */
  void resendInputs(long afterInput);

  /** Drops a checkpoint that is not whole; the image is untouched. */
  void abortStaging();

  /**
   * Keeps what the verified round of epoch 0 carries beside pages.
   *
   * @return null, or why that cannot be: the node resigns
   */
  String takeRound();

  /**
   * Makes sure that the verified checkpoint can be committed: its parts outside of memory are in
   * place, and there is room for its output.
   *
   * @return null, or why not: then nothing of it is kept, and the node resigns
   */
  String prepareCommit(long epoch);

  /**
   * Commits the verified checkpoint: it belongs to the image from now on (applied later, in order),
   * its input position trims the input log, its output waits for {@link #releaseOutput}.
   */
  void commit(long epoch);

  /** Output of epochs up to this one may leave at this node's front. */
  void releaseOutput(long epoch);

  /** Opens or closes the front for new clients; connected ones stay. */
  void acceptClients(boolean on);

  /** Drops image, staging, input log and held output, and closes all clients. */
  void discard(String reason);

  /** The guest ended: sends what was released, then closes the clients; drops the image. */
  void endClients(String reason);

  /**
   * The claim is won: applies what is committed, drops what is not, restores the guest from the
   * image and replays the input log, in order; then the guest serves this front. Ends in one {@link
   * BackupSession#onTookOver} or {@link BackupSession#onTakeoverFailed}.
   */
  void takeOver();
}
