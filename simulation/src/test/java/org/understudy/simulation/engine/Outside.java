package org.understudy.simulation.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The world outside the pair: sees what leaves, from whichever node, and notes what must not be.
 * Thread safe.
 */
final class Outside {
  private final List<Long> frames = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();

  /** A frame left a node. Frames are numbered by the guest; a doubled one is harmless. */
  synchronized void frame(long number, String from) {
    long last = frames.isEmpty() ? 0 : frames.getLast();
    if (number > last + 1) {
      violations.add("frame " + number + " left " + from + " after " + last + ": one is lost");
    }
    if (number > last) {
      frames.add(number);
    }
  }

  synchronized void violation(String text) {
    violations.add(text);
  }

  synchronized long lastFrame() {
    return frames.isEmpty() ? 0 : frames.getLast();
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }
}
