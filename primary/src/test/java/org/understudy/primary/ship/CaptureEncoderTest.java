package org.understudy.primary.ship;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.CapturedPages;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.MessageSink;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.SessionStamp;
import org.understudy.protocol.wire.WireLimits;

class CaptureEncoderTest {
  private static final RegionLayout LAYOUT = RegionLayout.of("ram", 16 * 4096);
  private static final byte[] DIGEST = new byte[WireLimits.MAX_DIGEST_BYTES];
  private final RetainedLog log = new RetainedLog(4 << 20);
  private final MessageSender sender =
      new MessageSender(
          (MessageSink) (buffer, offset, length) -> SendStatus.SENT, new SessionStamp());

  @Test
  void shouldBeAbleToSendAnEpochAgainWhenItBeginsBehindTheEndOfAChunk() {
    try (CaptureEncoder shipper = new CaptureEncoder(CodecSettings.remus(), LAYOUT, log)) {
      ship(shipper, 0, 100_000);
      long overhead = log.appendPosition() - 100_000;
      ship(shipper, 1, 800_000 - (int) log.appendPosition());
      int rest = RetainedLog.CHUNK_BYTES - (int) log.appendPosition();
      // What is left of the chunk afterwards is too short for any message.
      ship(shipper, 2, rest - (int) overhead - 16);
      log.send(sender, Long.MAX_VALUE);
      log.trim(log.sendPosition());
      long before = log.appendPosition();
      ship(shipper, 3, 100);
      assertThat(shipper.beginPosition()).isGreaterThan(before);
      assertThat(log.holds(before)).isFalse();
      assertThat(log.holds(shipper.beginPosition())).isTrue();
    }
  }

  private static void ship(CaptureEncoder shipper, long epoch, int stateBytes) {
    StateOnly capture = new StateOnly(stateBytes);
    assertThat(shipper.begin(capture, epoch, 0, epoch - 1, DIGEST)).isTrue();
    while (!shipper.isIdle()) {
      assertThat(shipper.slice()).isTrue();
    }
    assertThat(capture.releases).isEqualTo(1);
  }

  @Test
  void shouldReleaseTheCaptureInWorkOnceWhenEverythingIsDropped() {
    try (CaptureEncoder shipper = new CaptureEncoder(CodecSettings.remus(), LAYOUT, log)) {
      StateOnly capture = new StateOnly(10);
      shipper.begin(capture, 0, 0, -1, null);
      shipper.reset();
      shipper.reset();
      assertThat(capture.releases).isEqualTo(1);
      assertThat(shipper.isIdle()).isTrue();
    }
  }

  /** Device state and nothing else. */
  private static final class StateOnly implements Capture, CapturedPages {
    private final UnsafeBuffer state;
    private int releases;

    StateOnly(int bytes) {
      byte[] content = new byte[bytes];
      new java.util.Random(bytes).nextBytes(content);
      state = new UnsafeBuffer(content);
    }

    @Override
    public CaptureKind kind() {
      return CaptureKind.CHECKPOINT;
    }

    @Override
    public CapturedPages pages() {
      return this;
    }

    @Override
    public DirectBuffer deviceState() {
      return state;
    }

    @Override
    public int deviceStateLength() {
      return state.capacity();
    }

    @Override
    public DirectBuffer output() {
      return state;
    }

    @Override
    public int outputLength() {
      return 0;
    }

    @Override
    public DirectBuffer diskWrites() {
      return state;
    }

    @Override
    public int diskWritesLength() {
      return 0;
    }

    @Override
    public DirectBuffer frames() {
      return state;
    }

    @Override
    public int framesLength() {
      return 0;
    }

    @Override
    public long inputPosition() {
      return 0;
    }

    @Override
    public long stampNs() {
      return 0;
    }

    @Override
    public long nextTimerNs() {
      return Long.MAX_VALUE;
    }

    @Override
    public void release() {
      releases++;
    }

    @Override
    public int count() {
      return 0;
    }

    @Override
    public int page(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public long acquire(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public void release(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public long copiedPages() {
      return 0;
    }
  }
}
