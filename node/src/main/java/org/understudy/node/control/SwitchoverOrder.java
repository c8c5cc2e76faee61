package org.understudy.node.control;

/**
 * One order to move the guest, on its way from the operator's connection to the agent, and what
 * becomes of it. Any thread.
 */
public final class SwitchoverOrder {
  /** What became of it. */
  public enum Outcome {
    /** Under way. */
    RUNNING,
    /** The guest runs on the backup. */
    MOVED,
    /** It goes on where it was, or the node ended. */
    FAILED,
    /** Nothing was begun. */
    REFUSED
  }

  /**
   * How far it is.
   *
   * @param outcome what became of it
   * @param phase what is being done, in one word
   * @param text one line for people
   * @param backup the node that the guest moves to, or empty
   * @param epoch last epoch of the primary once it is committed, else -1
   * @param committedNs from the order until that was committed and released; 0 if it was not
   * @param endedNs from the order until the outcome was known; 0 before
   */
  public record Step(
      Outcome outcome,
      String phase,
      String text,
      String backup,
      long epoch,
      long committedNs,
      long endedNs) {}

  private Step step = new Step(Outcome.RUNNING, "ordered", "waits for the node", "", -1, 0, 0);

  /** How far it is. */
  public synchronized Step step() {
    return step;
  }

  /** The next step; what has an outcome keeps it. */
  public synchronized void update(Step next) {
    if (step.outcome() == Outcome.RUNNING) {
      step = next;
      notifyAll();
    }
  }

  /** Nothing is begun, for this reason. */
  public void refuse(String reason) {
    update(new Step(Outcome.REFUSED, "refused", reason, "", -1, 0, 0));
  }

  /** Waits at most this long for another step than that one; returns the current one. */
  public synchronized Step awaitOther(Step seen, long timeoutMs) throws InterruptedException {
    if (step == seen) {
      wait(timeoutMs);
    }
    return step;
  }
}
