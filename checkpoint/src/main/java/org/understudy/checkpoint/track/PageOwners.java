package org.understudy.checkpoint.track;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who may touch which page of the captured epoch: the atomic transitions of copy on write.
 *
 * <p>One word per page: the epoch's tag in the upper half, below it staging slot and state. A word
 * with another tag means <em>pending</em>, so that nothing needs to be written when an epoch is
 * captured:
 *
 * <pre>
 *              encoder                 encoder
 *            +---------> ENCODING ---------------> DONE
 *   pending -|                                      ^
 *            +---------> COPYING ----> COPIED ------+
 *              writer             writer   encoder
 * </pre>
 *
 * Both ways out of <em>pending</em> are a compare-and-set of the same word, so exactly one side
 * takes the page. ENCODING to DONE is a release store that the writer acquires before it writes;
 * COPIED is a release store that the encoder acquires before it reads the copy.
 */
final class PageOwners {
  static final int PENDING = 0;
  static final int ENCODING = 1;
  static final int DONE = 2;
  static final int COPYING = 3;
  static final int COPIED = 4;

  private static final int STATE_BITS = 3;
  private static final int SLOT_SHIFT = STATE_BITS;
  private static final int TAG_SHIFT = Integer.SIZE;

  private final AtomicLongArray words;

  PageOwners(int pages) {
    words = new AtomicLongArray(pages);
  }

  /** The word of a page, for {@link #state} and the transitions. */
  long word(int page) {
    return words.getAcquire(page);
  }

  /** State that a word means to the epoch of this tag. */
  static int state(long word, int tag) {
    return (int) (word >>> TAG_SHIFT) == tag ? (int) word & ((1 << STATE_BITS) - 1) : PENDING;
  }

  /** Staging slot in a word that is COPIED. */
  static int slot(long word) {
    return (int) word >>> SLOT_SHIFT;
  }

  /** Takes a pending page, by the word that was seen; false if the other side was faster. */
  boolean take(int page, long seen, int tag, int newState) {
    return words.compareAndSet(page, seen, word(tag, newState, 0));
  }

  /** The writer's copy is complete. */
  void copied(int page, int tag, int slot) {
    words.setRelease(page, word(tag, COPIED, slot));
  }

  /** The encoder has read the page or its copy. */
  void done(int page, int tag) {
    words.setRelease(page, word(tag, DONE, 0));
  }

  /** Forgets everything, when tags start again from the beginning. */
  void clear() {
    for (int page = 0; page < words.length(); page++) {
      words.setPlain(page, 0);
    }
  }

  private static long word(int tag, int state, int slot) {
    return (long) tag << TAG_SHIFT | (long) slot << SLOT_SHIFT | state;
  }
}
