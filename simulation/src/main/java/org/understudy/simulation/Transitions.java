package org.understudy.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.understudy.backup.session.BackupState;
import org.understudy.primary.session.PrimaryState;

/** How often each transition of one state machine was taken, beside those that are legal. */
public final class Transitions {
  private final Enum<?>[] states;
  private final BiPredicate<Enum<?>, Enum<?>> legal;
  private final long[] taken;

  private Transitions(Enum<?>[] states, BiPredicate<Enum<?>, Enum<?>> legal) {
    this.states = states;
    this.legal = legal;
    taken = new long[states.length * states.length];
  }

  /** None taken by a primary's session. */
  static Transitions ofPrimary() {
    return new Transitions(
        PrimaryState.values(), (a, b) -> ((PrimaryState) a).canBecome((PrimaryState) b));
  }

  /** None taken by a backup's session. */
  static Transitions ofBackup() {
    return new Transitions(
        BackupState.values(), (a, b) -> ((BackupState) a).canBecome((BackupState) b));
  }

  void count(Enum<?> from, Enum<?> to) {
    if (from != null) {
      taken[from.ordinal() * states.length + to.ordinal()]++;
    }
  }

  void add(Transitions other) {
    for (int i = 0; i < taken.length; i++) {
      taken[i] += other.taken[i];
    }
  }

  /** Legal transitions, as {@code FROM -> TO}. */
  public List<String> all() {
    List<String> result = new ArrayList<>();
    for (Enum<?> from : states) {
      for (Enum<?> to : states) {
        if (legal.test(from, to)) {
          result.add(from + " -> " + to);
        }
      }
    }
    return result;
  }

  /** Those that were taken at least once. */
  public List<String> taken() {
    List<String> result = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      if (taken[i] > 0) {
        result.add(states[i / states.length] + " -> " + states[i % states.length]);
      }
    }
    return result;
  }

  /** Legal ones that were never taken. */
  public List<String> missing() {
    List<String> result = all();
    result.removeAll(taken());
    return result;
  }
}
