package org.understudy.vm.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The end of what a process says, bounded, so that a chatty one costs no memory. */
final class OutputTail {
  static final int MAX_BYTES = 16_384;

  private final byte[] ring = new byte[MAX_BYTES];
  private final Thread thread;
  private long total;

  OutputTail(InputStream from, String name) {
    thread = Thread.ofPlatform().daemon().name(name).start(() -> readAll(from));
  }

  private void readAll(InputStream from) {
    byte[] chunk = new byte[4096];
    try (from) {
      for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
        append(chunk, count);
      }
    } catch (IOException e) {
      // the process is gone; what it said is here
    }
  }

  private synchronized void append(byte[] chunk, int count) {
    for (int i = 0; i < count; i++) {
      ring[(int) (total++ % MAX_BYTES)] = chunk[i];
    }
  }

  /** Waits until the process has closed its output. */
  void awaitEnd() throws InterruptedException {
    thread.join(1_000);
  }

  synchronized String text() {
    int length = (int) Math.min(total, MAX_BYTES);
    byte[] text = new byte[length];
    for (int i = 0; i < length; i++) {
      text[i] = ring[(int) ((total - length + i) % MAX_BYTES)];
    }
    return new String(text, StandardCharsets.UTF_8).strip();
  }
}
