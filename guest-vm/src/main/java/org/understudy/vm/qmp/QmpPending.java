package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request that waits for its answer. */
final class QmpPending {
  private final String command;
  private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();

  QmpPending(String command) {
    this.command = command;
  }

  void complete(JsonNode value) {
    answer.complete(value);
  }

  void refuse(String errorClass, String description) {
    answer.completeExceptionally(new QmpErrorException(command, errorClass, description));
  }

  void fail(QmpException cause) {
    answer.completeExceptionally(cause);
  }

  boolean isDone() {
    return answer.isDone();
  }

  JsonNode await(long timeoutNs) {
    try {
      return answer.get(timeoutNs, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    } catch (TimeoutException e) {
      throw new QmpTimeoutException(
          "QEMU did not answer " + command + " within " + timeoutNs / 1_000_000 + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QmpException("interrupted while waiting for the answer to " + command, e);
    }
  }

  private QmpException rethrown(Throwable cause) {
    if (cause instanceof QmpErrorException refused) {
      return refused;
    }
    return new QmpClosedException(
        "the connection ended before " + command + " was answered: " + cause.getMessage(), cause);
  }
}
