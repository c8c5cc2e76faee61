package org.understudy.node.control;

import java.util.Locale;
import java.util.Optional;

/**
 * One order that concerns the guest, on its way from the operator's connection to the agent, and
 * what becomes of it. Any thread.
 */
public final class GuestOrder {
  /** What is wanted. */
  public enum Wish {
    /** The guest is to move to the backup. */
    SWITCHOVER,
    /** The guest is to end, on both nodes. */
    END;

    /** The command that says it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The wish that a command says. */
    static Optional<Wish> of(String word) {
      for (Wish wish : values()) {
        if (wish.word().equals(word)) {
          return Optional.of(wish);
        }
      }
      return Optional.empty();
    }
  }

  /** What became of it. */
  public enum Outcome {
    /** Under way. */
    RUNNING,
    /** The guest runs on the backup. */
    MOVED,
    /** The guest has ended, and the register says so. */
    ENDED,
    /** Something else came of it, or nobody knows: the text says what. */
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

  private final Wish wish;
  private Step step = new Step(Outcome.RUNNING, "ordered", "waits for the node", "", -1, 0, 0);

  /** An order that nobody has taken yet. */
  public GuestOrder(Wish wish) {
    this.wish = wish;
  }

  /** What is wanted. */
  public Wish wish() {
    return wish;
  }

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
