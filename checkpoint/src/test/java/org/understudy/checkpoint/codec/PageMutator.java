package org.understudy.checkpoint.codec;

import java.util.SplittableRandom;
import org.understudy.checkpoint.codec.format.Mem;

/** Changes pages in the ways that programs do, from a seed. */
public final class PageMutator {
  private final SplittableRandom random;
  private final TestMemory memory;
  private final int pages;

  public PageMutator(TestMemory memory, int pages, long seed) {
    this.memory = memory;
    this.pages = pages;
    this.random = new SplittableRandom(seed);
  }

  /** A sorted or shuffled set of pages, each changed in some way (or not at all). */
  public int[] mutate(int count) {
    int[] chosen = random.ints(4L * count, 0, pages).distinct().limit(count).toArray();
    if (random.nextBoolean()) {
      java.util.Arrays.sort(chosen);
    }
    for (int page : chosen) {
      change(memory.page(page));
    }
    return chosen;
  }

  private void change(long page) {
    switch (random.nextInt(12)) {
      case 0 -> {}
      case 1 -> Mem.fillPage(page, 0);
      case 2 -> Mem.fillPage(page, random.nextLong());
      case 3 -> Mem.copy(memory.page(random.nextInt(pages)), page, Mem.PAGE);
      case 4 -> randomBytes(page, 0, Mem.PAGE);
      case 5 -> randomBytes(page, random.nextInt(2048), 2048);
      case 6 -> shift(page);
      case 7 -> text(page);
      case 8 -> counters(page);
      default -> scattered(page, 1 + random.nextInt(40));
    }
  }

  private void randomBytes(long page, int from, int length) {
    for (int at = from; at < from + length; at++) {
      Mem.putByte(page + at, random.nextInt());
    }
  }

  private void shift(long page) {
    int at = random.nextInt(3000);
    int by = 1 + random.nextInt(100);
    Mem.copy(page + at, page + at + by, Mem.PAGE - at - by);
    randomBytes(page, at, by);
  }

  private void text(long page) {
    for (int at = 0; at < Mem.PAGE; at++) {
      Mem.putByte(page + at, 'a' + random.nextInt(4));
    }
  }

  private void counters(long page) {
    for (int at = random.nextInt(64) * 8; at < Mem.PAGE; at += 72) {
      long word = page + (at & -8);
      Mem.putLong(word, Mem.getLong(word) + 1);
    }
  }

  private void scattered(long page, int bytes) {
    for (int i = 0; i < bytes; i++) {
      Mem.putByte(page + random.nextInt(Mem.PAGE), random.nextInt());
    }
  }
}
