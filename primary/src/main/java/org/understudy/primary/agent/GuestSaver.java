package org.understudy.primary.agent;

import java.util.Optional;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.pair.ownership.Register;

/** Writes a paused guest down, so that a later start of its node can go on with it. */
public interface GuestSaver {
  /** For guests that nothing writes down. */
  static GuestSaver none(String why) {
    return new GuestSaver() {
      @Override
      public String obstacle() {
        return why;
      }

      @Override
      public void begin(Register register, GuestMemory memory, Capture capture) {
        throw new IllegalStateException(why);
      }

      @Override
      public Optional<String> outcome() {
        return Optional.empty();
      }

      @Override
      public boolean abandon() {
        return true;
      }
    };
  }

  /** Why it cannot be done now, or null; asked before anything stands still. */
  String obstacle();

  /**
   * Begins to write, in the background. Memory and capture have to stay as they are until there is
   * an outcome.
   *
   * @param register what says whose guest this is
   */
  void begin(Register register, GuestMemory memory, Capture capture);

  /** Empty while it writes; then "" where all of it is written, or why it is not. */
  Optional<String> outcome();

  /**
   * Gives it up. False: all of it is written, or about to be, and the outcome says so. True:
   * nothing of it will ever count; memory and capture are still read until there is an outcome.
   */
  boolean abandon();
}
