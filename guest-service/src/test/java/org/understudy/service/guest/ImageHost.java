package org.understudy.service.guest;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestHost;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.OutputRecords;

/**
 * An engine that rebuilds the image from captures on a thread of its own while the guest runs on,
 * and compares it with a copy of the whole memory that the guest's thread made at the cut.
 */
final class ImageHost implements GuestHost, AutoCloseable {
  /** What one checkpoint said. */
  record Committed(long inputPosition, long stampNs, long nextTimerNs, List<String> output) {}

  private record Cut(Capture capture, byte[] memory) {}

  private final Guest guest;
  private final byte[] image;
  private final BlockingQueue<Cut> cuts = new ArrayBlockingQueue<>(1);
  private final Thread encoder = new Thread(this::encode, "encoder");
  private final List<Committed> committed = new ArrayList<>();
  private int roundsLeft;
  private boolean unreleased;
  private volatile boolean capturing;
  private volatile int checkpoints;
  private volatile long copiedPages;
  private volatile boolean released = true;
  private volatile boolean finalWanted;
  volatile Throwable failure;
  volatile Runnable onCheckpoint = () -> {};

  ImageHost(Guest guest) {
    this.guest = guest;
    image = new byte[(int) guest.memory().layout().totalBytes()];
    encoder.setDaemon(true);
    encoder.start();
  }

  /** From now on captures as fast as they are encoded: rounds first, then checkpoints. */
  void protect(int rounds) {
    roundsLeft = rounds;
    guest.startTracking();
    capturing = true;
    guest.wakeUp();
  }

  void stop() {
    capturing = false;
  }

  /** Asks for the last checkpoint. */
  void finish() {
    finalWanted = true;
    guest.wakeUp();
  }

  int checkpoints() {
    return checkpoints;
  }

  long copiedPages() {
    return copiedPages;
  }

  synchronized List<Committed> committed() {
    return new ArrayList<>(committed);
  }

  /** A copy of the image. Only while nothing is captured. */
  byte[] image() {
    return image.clone();
  }

  @Override
  public CaptureKind captureDue(long nowNs, GuestLoad load) {
    if (!capturing || unreleased && !released) {
      return CaptureKind.NONE;
    }
    unreleased = false;
    if (roundsLeft > 0) {
      return CaptureKind.ROUND;
    }
    if (finalWanted) {
      return CaptureKind.FINAL;
    }
    return load.isIdle() && checkpoints > 0 ? CaptureKind.NONE : CaptureKind.CHECKPOINT;
  }

  @Override
  public void captured(Capture capture) {
    byte[] copy = null;
    if (capture.kind() == CaptureKind.ROUND) {
      roundsLeft--;
    } else {
      copy = guest.memory().segment().toArray(JAVA_BYTE);
      onCheckpoint.run();
    }
    if (capture.kind() == CaptureKind.FINAL) {
      capturing = false;
    }
    released = false;
    unreleased = true;
    cuts.add(new Cut(capture, copy));
  }

  private void encode() {
    try {
      while (true) {
        Cut cut = cuts.take();
        copyPages(cut.capture.pages());
        if (cut.memory != null) {
          compare(cut.memory);
          commit(cut.capture);
        }
        cut.capture.release();
        released = true;
        guest.wakeUp();
      }
    } catch (InterruptedException end) {
      // the test is over
    } catch (Throwable t) {
      failure = t;
    }
  }

  private void copyPages(CapturedPages pages) {
    for (int i = 0; i < pages.count(); i++) {
      long address = pages.acquire(i);
      long at = org.agrona.BufferUtil.ARRAY_BASE_OFFSET + pages.page(i) * 4096L;
      UnsafeApi.copyMemory(null, address, image, at, 4096);
      pages.release(i);
    }
    copiedPages += pages.copiedPages();
  }

  private void compare(byte[] memory) {
    long at = MemorySegment.ofArray(memory).mismatch(MemorySegment.ofArray(image));
    if (at >= 0) {
      throw new AssertionError(
          "image differs at byte " + at + " of checkpoint " + checkpoints + ", page " + at / 4096);
    }
  }

  private synchronized void commit(Capture capture) {
    List<String> output = new ArrayList<>();
    OutputRecords.forEach(
        capture.output(),
        0,
        capture.outputLength(),
        (session, buffer, offset, length) -> output.add(text(session, buffer, offset, length)));
    committed.add(
        new Committed(capture.inputPosition(), capture.stampNs(), capture.nextTimerNs(), output));
    checkpoints++;
  }

  private static String text(long session, DirectBuffer buffer, int offset, int length) {
    if (length == OutputRecords.CLOSE) {
      return session + " closed";
    }
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return session + ":" + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** Output for remote sessions as messages of their own. */
  final List<String> streamed = new ArrayList<>();

  volatile boolean linkFull;

  @Override
  public void resumed(long pauseNs) {}

  @Override
  public boolean offerOutput(
      long sessionId, DirectBuffer buffer, int offset, int length, long afterInput) {
    if (linkFull) {
      return false;
    }
    synchronized (streamed) {
      streamed.add(afterInput + " " + text(sessionId, buffer, offset, length));
    }
    return true;
  }

  List<String> streamed() {
    synchronized (streamed) {
      return new ArrayList<>(streamed);
    }
  }

  @Override
  public boolean offerMirrored(
      long sequence, long stampNs, long sessionId, DirectBuffer buffer, int offset, int length) {
    throw new IllegalStateException("a service mirrors nothing");
  }

  @Override
  public void guestEnded(String reason) {}

  @Override
  public void guestFailed(Throwable cause) {
    failure = cause;
  }

  /** The encoder ends first: closing the guest unmaps the pages that it copies. */
  @Override
  public void close() {
    encoder.interrupt();
    try {
      encoder.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    guest.close();
  }
}
