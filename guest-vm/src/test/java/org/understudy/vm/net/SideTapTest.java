package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.vm.Await;

/** A bridge with an address, and the side tap as the only port of it. */
@Timeout(120)
final class SideTapTest {
  private static final String GUEST_MAC = "52:54:00:12:34:56";
  private static final String GUEST_IP = "10.77.0.2";

  private Namespace namespace;
  private SideTap tap;

  @BeforeEach
  void makeBridge() throws Exception {
    Namespace.assumePossible();
    namespace = new Namespace();
    namespace.ip("link add br0 type bridge");
    namespace.ip("addr add 10.77.0.1/24 dev br0");
    namespace.ip("link set br0 up");
  }

  @AfterEach
  void remove() throws Exception {
    if (tap != null) {
      tap.close();
    }
    if (namespace != null) {
      namespace.close();
    }
  }

  @Test
  void shouldSeeFramesForTheGuestAndNoOthers() throws Exception {
    tap = open();
    send("10.77.0.255", "to all");
    send(GUEST_IP, "first");
    send(GUEST_IP, "second");
    List<String> seen = new ArrayList<>();
    Await.until(
        "both came",
        () -> {
          tap.poll((nic, buffer, offset, length) -> {
            assertThat(nic).isEqualTo(3);
            assertThat(Frames.destinationMac(buffer, offset, length))
                .isEqualTo(Frames.mac(GUEST_MAC));
            assertThat(Frames.isTcp(buffer, offset, length)).isFalse();
            int payload = Frames.MIN_FRAME_BYTES + 20 + 8;
            seen.add(buffer.getStringWithoutLengthAscii(offset + payload, length - payload));
          });
          return seen.size() >= 2;
        });
    assertThat(seen).containsExactly("first", "second");
    assertThat(tap.receivedFrames()).isEqualTo(2);
  }

  @Test
  void shouldDropWhatWaitedBeforeItWasOfInterest() throws Exception {
    tap = open();
    send(GUEST_IP, "old");
    tap.dropWaiting();
    send(GUEST_IP, "new");
    List<Integer> lengths = new ArrayList<>();
    Await.until(
        "the new one came",
        () -> tap.poll((nic, buffer, offset, length) -> lengths.add(length)) > 0);
    assertThat(lengths).hasSize(1);
  }

  @Test
  void shouldSendFramesOfTheGuest() throws Exception {
    tap = open();
    try (DatagramSocket socket =
        namespace.call(() -> new DatagramSocket(new InetSocketAddress("10.77.0.1", 4000)))) {
      socket.setSoTimeout(30_000);
      byte[] frame = udpFrame("hello from the guest");
      assertThat(tap.send(new UnsafeBuffer(frame), 0, frame.length)).isTrue();
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      socket.receive(packet);
      assertThat(new String(packet.getData(), 0, packet.getLength()))
          .isEqualTo("hello from the guest");
      assertThat(packet.getAddress().getHostAddress()).isEqualTo(GUEST_IP);
    }
  }

  @Test
  void shouldCountFramesThatCannotBeSent() throws Exception {
    tap = open();
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[Frames.MAX_FRAME_BYTES + 1]);
    assertThat(tap.send(buffer, 0, 3)).isFalse();
    assertThat(tap.send(buffer, 0, Frames.MAX_FRAME_BYTES + 1)).isFalse();
    buffer.putByte(1, (byte) 99); // a kind of segmentation that there is not
    assertThat(tap.send(buffer, 0, 100)).isFalse();
    assertThat(tap.droppedFrames()).isEqualTo(3);
  }

  @Test
  void shouldNotChangeTheAddressOfTheBridge() throws Exception {
    namespace.ip("tuntap add dev port0 mode tap");
    namespace.ip("link set port0 address f6:00:00:00:00:01");
    namespace.ip("link set port0 master br0");
    tap = open();
    assertThat(namespace.ip("link show br0")).contains("f6:00:00:00:00:01");
  }

  @Test
  void shouldLeaveNothingBehindWhenClosed() throws Exception {
    tap = open();
    assertThat(namespace.call(() -> NetDevices.isUp("side0"))).isTrue();
    assertThat(namespace.ip("-o link show master br0")).contains("side0");
    tap.close();
    assertThat(namespace.ip("-o link")).doesNotContain("side0");
  }

  @Test
  void shouldSayWhatIsInTheWay() throws Exception {
    tap = open();
    assertThatThrownBy(this::open)
        .isInstanceOf(NetException.class)
        .hasMessageContaining("side0")
        .hasMessageContaining("exists already");
    assertThatThrownBy(() -> namespace.call(() -> SideTap.open("br9", "side1", 0, GUEST_MAC)))
        .isInstanceOf(NetException.class)
        .hasMessageContaining("br9")
        .hasMessageContaining("No such device");
    assertThat(namespace.ip("-o link")).doesNotContain("side1");
    assertThatThrownBy(() -> namespace.call(() -> NetDevices.indexOf("nowhere")))
        .hasMessageContaining("cannot find network device nowhere")
        .hasMessageContaining("errno 19");
    assertThatThrownBy(() -> NetDevices.up("a name that is too long"))
        .hasMessageContaining("1 to 15 characters");
    namespace.call(() -> {
      assertThatThrownBy(() -> NetDevices.joinBridge("br0", "side0"))
          .hasMessageContaining("belongs to a bridge already");
      assertThatThrownBy(() -> NetDevices.joinBridge("lo", "side0"))
          .hasMessageContaining("lo is no bridge");
      NetDevices.down("side0");
      assertThat(NetDevices.isUp("side0")).isFalse();
      return null;
    });
  }

  /** The kernel tells the bridge a little later that its first port is there. */
  private SideTap open() throws Exception {
    SideTap opened = namespace.call(() -> SideTap.open("br0", "side0", 3, GUEST_MAC));
    Await.until("the bridge has a port", () -> namespace.ip("link show br0").contains("state UP"));
    namespace.ip("neigh replace " + GUEST_IP + " lladdr " + GUEST_MAC + " dev br0");
    return opened;
  }

  private void send(String to, String text) throws Exception {
    namespace.call(() -> {
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.setBroadcast(true);
        byte[] bytes = text.getBytes();
        socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(to), 9));
      }
      return null;
    });
  }

  /** From the guest to the bridge's address, which takes what is sent to all. */
  private static byte[] udpFrame(String text) {
    ByteBuffer frame = ByteBuffer.allocate(Frames.MIN_FRAME_BYTES + 28 + text.length());
    frame.position(Frames.VNET_HEADER_BYTES);
    frame.putShort((short) -1).putInt(-1); // to all
    frame.putShort((short) 0x5254).putInt(0x00123456).putShort((short) 0x0800);
    int ip = frame.position();
    frame.put((byte) 0x45).put((byte) 0).putShort((short) (28 + text.length()));
    frame.putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0);
    frame.put(new byte[] {10, 77, 0, 2}).put(new byte[] {10, 77, 0, 1});
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += frame.getShort(ip + i) & 0xffff;
    }
    frame.putShort(ip + 10, (short) ~(sum + (sum >>> 16)));
    frame.putShort((short) 9).putShort((short) 4000).putShort((short) (8 + text.length()));
    frame.putShort((short) 0).put(text.getBytes());
    return frame.array();
  }
}
