package org.understudy.simulation.planted;

/**
 * What became of a planted error.
 *
 * @param verdict whether it was caught
 * @param by what caught it, or what was tried
 * @param seeds how many seeds it took, 0 for a test
 * @param text what the catch said, or why there was none
 * @param seconds how long it took
 */
record Outcome(Patch patch, Verdict verdict, String by, long seeds, String text, double seconds) {
  enum Verdict {
    /** Found. */
    CAUGHT,
    /** Not found: the proof does not see it. */
    SURVIVED,
    /** It does not apply, does not compile, or could not be run: nothing is known. */
    BROKEN
  }

  boolean isCaught() {
    return verdict == Verdict.CAUGHT;
  }

  /** One line for people. */
  String describe() {
    return switch (verdict) {
      case CAUGHT -> "%s: caught by %s in %.0f s".formatted(patch.id(), by, seconds);
      case SURVIVED -> "%s: SURVIVED %s in %.0f s".formatted(patch.id(), by, seconds);
      case BROKEN -> "%s: BROKEN, %s".formatted(patch.id(), text);
    };
  }
}
