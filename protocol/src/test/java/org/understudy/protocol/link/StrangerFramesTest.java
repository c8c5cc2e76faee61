package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.protocol.SetupFlyweight;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reaches the replication port can neither make it allocate nor keep the peer out. */
class StrangerFramesTest {
  private static final int TERM = LinkConfiguration.TERM_LENGTH_DEFAULT;
  private static final int STREAM = LinkConfiguration.STREAM_ID_DEFAULT;
  private static final long NEEDED = LinkSpace.neededBytes(TERM);

  @TempDir Path root;

  private static byte[] setup(int session, int stream, int termLength) {
    byte[] bytes = new byte[SetupFlyweight.HEADER_LENGTH];
    SetupFlyweight setup = new SetupFlyweight(new UnsafeBuffer(bytes));
    setup.termOffset(0).sessionId(session).streamId(stream).initialTermId(7).activeTermId(7);
    setup.termLength(termLength).mtuLength(LinkConfiguration.MTU_ETHERNET).ttl(0);
    setup.version((byte) 0).flags((short) 0).headerType(SetupFlyweight.HDR_TYPE_SETUP);
    setup.frameLength(SetupFlyweight.HEADER_LENGTH);
    return bytes;
  }

  private static void send(DatagramSocket from, String endpoint, byte[] bytes) throws IOException {
    int port = Integer.parseInt(endpoint.substring(endpoint.indexOf(':') + 1));
    from.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName("127.0.0.1"), port));
  }

  private long usedBytes() throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  @Test
  void shouldAllocateNothingWhenAStrangersFrameAsksForAGigabyte() throws IOException {
    try (LinkPair pair = new LinkPair(root, c -> c);
        DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      pair.awaitConnected();
      send(stranger, pair.leftEndpoint, setup(1, STREAM, 1 << 30));
      pair.await("refused", () -> pair.left.traffic().refusedFrames() == 1);
      assertThat(usedBytes()).isLessThanOrEqualTo(2 * NEEDED);
      pair.bind(3, 5);
      pair.left.sender().ack(7);
      pair.await("ack", () -> pair.rightListener.calls.contains("ack 7"));
    }
  }

  @Test
  void shouldHoldNoMoreStreamsThanItHasRoomForHoweverManyAreOffered() throws IOException {
    try (LinkPair pair = new LinkPair(root, c -> c);
        DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      pair.awaitConnected();
      for (int session = 100; session < 120; session++) {
        send(stranger, pair.leftEndpoint, setup(session, STREAM, TERM));
      }
      pair.await("all but one", () -> pair.left.traffic().refusedFrames() == 19);
      assertThat(usedBytes()).isLessThanOrEqualTo(2 * NEEDED);
      assertThat(pair.left.isConnected()).isTrue();
    }
  }

  @Test
  void shouldLetAPeerThatStartedAgainInAlthoughStrangersHoldPlaces() throws IOException {
    try (LinkPair pair = new LinkPair(root, c -> c);
        DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      pair.awaitConnected();
      for (int session = 100; session < 104; session++) {
        send(stranger, pair.leftEndpoint, setup(session, STREAM, TERM));
      }
      pair.await("refused", () -> pair.left.traffic().refusedFrames() > 0);
      for (int restart = 0; restart < 3; restart++) {
        pair.right.close();
        pair.openRight();
        pair.awaitConnected();
      }
      assertThat(usedBytes()).isLessThanOrEqualTo(2 * NEEDED);
    }
  }

  @Test
  void shouldRefuseFramesFromAnAddressThatIsNotThePeers() throws IOException {
    try (LinkPair pair = new LinkPair(root, c -> c);
        DatagramSocket stranger = new DatagramSocket(0, InetAddress.getByName("127.0.0.9"))) {
      pair.awaitConnected();
      send(stranger, pair.leftEndpoint, setup(1, STREAM, TERM));
      pair.await("refused", () -> pair.left.traffic().refusedFrames() == 1);
    }
  }
}
