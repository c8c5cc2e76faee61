package org.understudy.simulation;

import java.util.Arrays;

/** What is due when: a heap by time, then by the order in which it was added. */
final class EventQueue {
  private long[] times = new long[256];
  private long[] orders = new long[256];
  private Runnable[] actions = new Runnable[256];
  private int size;
  private long order;

  void add(long atNs, Runnable action) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      actions = Arrays.copyOf(actions, size * 2);
    }
    int at = size++;
    long number = order++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (times[parent] <= atNs) {
        break; // an older one of the same time stays in front
      }
      move(parent, at);
      at = parent;
    }
    set(at, atNs, number, action);
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** When the next one is due. */
  long nextNs() {
    return times[0];
  }

  Runnable poll() {
    Runnable result = actions[0];
    int last = --size;
    long atNs = times[last];
    long number = orders[last];
    Runnable action = actions[last];
    actions[last] = null;
    if (last > 0) {
      sink(atNs, number, action);
    }
    return result;
  }

  private void sink(long atNs, long number, Runnable action) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && isBefore(child + 1, times[child], orders[child])) {
        child++;
      }
      if (!isBefore(child, atNs, number)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, atNs, number, action);
  }

  private boolean isBefore(int at, long atNs, long number) {
    return times[at] < atNs || times[at] == atNs && orders[at] < number;
  }

  private void move(int from, int to) {
    set(to, times[from], orders[from], actions[from]);
  }

  private void set(int at, long atNs, long number, Runnable action) {
    times[at] = atNs;
    orders[at] = number;
    actions[at] = action;
  }
}
