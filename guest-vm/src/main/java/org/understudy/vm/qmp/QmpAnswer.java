package org.understudy.vm.qmp;

import java.io.IOException;

/**
 * What a request that was sent is answered with; several may be under way. QEMU answers them in
 * their order.
 */
public final class QmpAnswer<R> {
  private final QmpRequest<R> request;
  private final QmpPending waiting;
  private final QmpReader reader;

  QmpAnswer(QmpRequest<R> request, QmpPending waiting, QmpReader reader) {
    this.request = request;
    this.waiting = waiting;
    this.reader = reader;
  }

  /**
   * Waits for it.
   *
   * @throws QmpErrorException where QEMU refuses
   * @throws QmpTimeoutException where it does not answer in time; a late answer is dropped
   * @throws QmpClosedException where the connection has ended or ends
   */
  public R await(long timeoutNs) {
    if (reader.isLedHere()) {
      readUntilAnswered(System.nanoTime() + timeoutNs);
    }
    return request.answer(waiting.await(timeoutNs));
  }

  private void readUntilAnswered(long deadlineNs) {
    try {
      while (!waiting.isDone() && System.nanoTime() - deadlineNs < 0) {
        reader.awaitMore(deadlineNs);
      }
    } catch (IOException e) {
      reader.fail(new QmpClosedException("waiting for QEMU failed: " + e, e));
    }
  }
}
