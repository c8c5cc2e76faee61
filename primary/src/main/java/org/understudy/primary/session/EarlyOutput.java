package org.understudy.primary.session;

/**
 * Which output for the backup's front may travel as a message of its own ({@code llm}) and leave
 * before its epoch is committed (SAFETY rule S4). Everything it depends on must be in the backup's
 * log or committed: so not after an input of a session on the primary's own front, which the backup
 * does not log, until that input is committed; and not past output that rides with a checkpoint.
 * Lives on the guest's thread.
 */
public final class EarlyOutput {
  private long waitsFor = -1;

  /** An input of a local session was consumed; the checkpoint of this epoch will cover it. */
  public void onLocalInput(long nextEpoch) {
    waitsFor = nextEpoch;
  }

  /** Output rides with the checkpoint of this epoch. */
  public void onCarried(long nextEpoch) {
    waitsFor = nextEpoch;
  }

  /** Whether output made now may leave early. */
  public boolean mayLeave(long ackedEpoch) {
    return ackedEpoch >= 0 && ackedEpoch >= waitsFor;
  }

  /** Another copy begins. */
  public void reset() {
    waitsFor = 0;
  }
}
