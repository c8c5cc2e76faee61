package org.understudy.vm.disk;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.agrona.CloseHelper;

/**
 * Makes durable what a takeover found, and then the record that it may be run on, on a thread of
 * its own. What failed is tried again as often as somebody waits for it: nothing is given up
 * meanwhile.
 */
final class Activation implements AutoCloseable {
  /** One attempt. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  private final Work work;
  private final AutoCloseable kept;
  private CompletableFuture<Void> attempt;

  private Activation(Work work, AutoCloseable kept) {
    this.work = work;
    this.kept = kept;
  }

  /** Of disks that nobody took over. */
  static Activation notNeeded() {
    Activation done = new Activation(() -> {}, () -> {});
    done.attempt = CompletableFuture.completedFuture(null);
    return done;
  }

  /**
   * Begins.
   *
   * @param kept what attempts need; closed with the activation
   */
  static Activation start(Work work, AutoCloseable kept) {
    Activation activation = new Activation(work, kept);
    activation.begin();
    return activation;
  }

  private synchronized CompletableFuture<Void> begin() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    attempt = done;
    Thread.ofPlatform().daemon().name("disk-activation").start(() -> run(done));
    return done;
  }

  private void run(CompletableFuture<Void> done) {
    try {
      work.run();
      done.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  synchronized boolean isDone() {
    return attempt.isDone() && !attempt.isCompletedExceptionally();
  }

  /**
   * Waits for the attempt under way. After a failure the next call begins another one.
   *
   * @throws IOException saying why it failed
   */
  void await() throws IOException {
    try {
      underWay().get();
    } catch (ExecutionException e) {
      begin(); // by the next call it may have succeeded
      throw new IOException("the takeover is not durable: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the takeover becomes durable", e);
    }
  }

  private synchronized CompletableFuture<Void> underWay() {
    return attempt;
  }

  /** Waits until no attempt is under way. */
  @Override
  public void close() {
    underWay().exceptionally(e -> null).join();
    CloseHelper.quietClose(kept);
  }
}
