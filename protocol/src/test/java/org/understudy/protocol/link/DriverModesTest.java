package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.CheckpointWriter;
import org.understudy.protocol.wire.WireLimits;

/** A link is the same whoever drives its media driver. */
class DriverModesTest {
  private static final int BATCHES = 40;

  @TempDir Path root;

  @ParameterizedTest
  @EnumSource(ThreadingMode.class)
  void shouldCarryAnEpochAndItsAckWhenTheEmbeddedDriverHasTheseThreads(ThreadingMode mode) {
    carryAnEpoch(c -> c.threadingMode(mode));
  }

  @Test
  void shouldCarryAnEpochAndItsAckWhenTheDriverRunsElsewhere() {
    MediaDriver.Context elsewhere =
        new MediaDriver.Context()
            .aeronDirectoryName(root.resolve("driver").toString())
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .mtuLength(LinkConfiguration.MTU_ETHERNET);
    try (MediaDriver driver = MediaDriver.launch(elsewhere)) {
      Path directory = Path.of(driver.aeronDirectoryName());
      carryAnEpoch(c -> c.externalDriver(directory).mtuLength(LinkConfiguration.MTU_ETHERNET));
      assertThat(directory).as("a driver that runs elsewhere is left alone").isDirectory();
    }
  }

  private void carryAnEpoch(UnaryOperator<LinkContext> settings) {
    try (LinkPair pair = new LinkPair(root, settings)) {
      pair.awaitConnected();
      pair.bind(3, 5);
      UnsafeBuffer buffer =
          new UnsafeBuffer(ByteBuffer.allocateDirect(WireLimits.MAX_MESSAGE_BYTES));
      CheckpointWriter writer = new CheckpointWriter();
      send(pair, buffer, writer.begin(buffer, 0, 7, CheckpointKind.CHECKPOINT, 0, 6));
      for (int i = 0; i < BATCHES; i++) {
        buffer.putInt(CheckpointWriter.BATCH_OVERHEAD, i);
        send(pair, buffer, writer.batch(buffer, 0, WireLimits.MAX_DATA_BYTES));
      }
      send(pair, buffer, writer.end(buffer, 0, new CheckpointTrailer()));
      pair.await("epoch", () -> pair.rightListener.calls.size() == BATCHES + 2);
      assertThat(pair.rightListener.calls.getLast()).startsWith("end 7 ").endsWith("whole");
      pair.right.sender().ack(7);
      pair.await("ack", () -> pair.leftListener.calls.contains("ack 7"));
    }
  }

  private static void send(LinkPair pair, UnsafeBuffer buffer, int length) {
    pair.await("sent", () -> pair.left.sender().send(buffer, 0, length).sent());
  }
}
