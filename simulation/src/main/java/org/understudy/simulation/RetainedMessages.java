package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Encoded messages that are kept until acked, so that a link that comes back gets them again byte
 * for byte (SAFETY rules E1 and E2): per epoch, in the order in which they were made. Bounded by
 * bytes and by epochs; the pure part, buffers are whatever the caller sends. One thread.
 *
 * @param <B> a message buffer
 */
final class RetainedMessages<B> {
  /** One epoch's messages. */
  private static final class Epoch<B> {
    final ArrayList<B> messages = new ArrayList<>();
    long number;
    long bytes;
  }

  private final long maxBytes;
  private final ArrayDeque<Epoch<B>> epochs = new ArrayDeque<>();
  private final ArrayDeque<Epoch<B>> spare = new ArrayDeque<>();
  private long bytes;
  private long forgottenEpoch = -1;

  /**
   * Nothing kept.
   *
   * @param maxBytes bound on what is kept; above it {@link #hasRoom} is false and nothing is
   *     encoded until something is acked
   */
  RetainedMessages(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Whether the next message may be encoded. The first one always may, so that epochs go on. */
  public boolean hasRoom(int length) {
    return bytes == 0 || bytes + length <= maxBytes;
  }

  /**
   * Keeps a message of this epoch: one that is kept already, or the next one. Output messages
   * ({@code llm}) belong to the epoch whose checkpoint will cover them, so that a resend never lets
   * that checkpoint overtake them.
   */
  public void keep(long epoch, B message, int length) {
    Objects.requireNonNull(message);
    Epoch<B> target = epochs.peekLast();
    if (target != null && epoch < target.number) {
      target = find(epoch);
    } else if (target == null || epoch > target.number) {
      target = append(epoch);
    }
    target.messages.add(message);
    target.bytes += length;
    bytes += length;
  }

  /** The next epoch, or the one after it: output may come before its epoch's predecessor. */
  private Epoch<B> append(long epoch) {
    if (epoch <= forgottenEpoch || epoch > lastEpoch() + 2) {
      throw new IllegalStateException(
          "message of epoch " + epoch + " kept, the last one is " + lastEpoch());
    }
    while (lastEpoch() < epoch) {
      Epoch<B> added = spare.isEmpty() ? new Epoch<>() : spare.pop();
      added.number = lastEpoch() + 1;
      epochs.add(added);
    }
    return epochs.peekLast();
  }

  private Epoch<B> find(long epoch) {
    for (Epoch<B> kept : epochs) {
      if (kept.number == epoch) {
        return kept;
      }
    }
    throw new IllegalArgumentException(
        "epoch " + epoch + " is not kept, only " + (forgottenEpoch + 1) + " to " + lastEpoch());
  }

  /** Epochs up to this one are acked: their messages go back through {@code free}. */
  public void forget(long epoch, Consumer<B> free) {
    while (!epochs.isEmpty() && epochs.peekFirst().number <= epoch) {
      Epoch<B> first = epochs.removeFirst();
      forgottenEpoch = first.number;
      bytes -= first.bytes;
      first.messages.forEach(free);
      recycle(first);
    }
  }

  /** A copy was given up: everything goes back, epochs start again at 0. */
  public void clear(Consumer<B> free) {
    forget(Long.MAX_VALUE, free);
    forgottenEpoch = -1;
  }

  private void recycle(Epoch<B> epoch) {
    epoch.messages.clear();
    epoch.bytes = 0;
    spare.push(epoch);
  }

  /** Whether everything after this committed epoch is still here. */
  public boolean canResumeAfter(long epoch) {
    return epoch >= forgottenEpoch && epoch <= lastEpoch();
  }

  /** Messages of an epoch that is kept, in order; the list must not be changed. */
  public List<B> messages(long epoch) {
    return find(epoch).messages;
  }

  /** All kept messages of epochs after this one, in order. */
  public void forEachAfter(long epoch, Consumer<B> consumer) {
    for (Epoch<B> kept : epochs) {
      if (kept.number > epoch) {
        kept.messages.forEach(consumer);
      }
    }
  }

  /** Last epoch that is kept or was acked, -1 for none. */
  public long lastEpoch() {
    return epochs.isEmpty() ? forgottenEpoch : epochs.peekLast().number;
  }

  /** Epochs kept. */
  public int epochs() {
    return epochs.size();
  }

  /** Bytes kept. */
  public long bytes() {
    return bytes;
  }
}
