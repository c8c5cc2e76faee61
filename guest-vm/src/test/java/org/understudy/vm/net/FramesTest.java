package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.vm.disk.Seeds;

final class FramesTest {
  private static final String ADDRESSES = "525400123456" + "0a0000000001";
  private static final String IPV4 = "0800" + "4500002800000000400600000a0000010a000002";
  private static final String IPV6 = "86dd" + "600000000014" + "0640" + "00".repeat(32);

  @Test
  void shouldFindTcp() {
    assertThat(isTcp(ADDRESSES + IPV4)).isTrue();
    assertThat(isTcp(ADDRESSES + "81000007" + IPV4)).as("in a VLAN").isTrue();
    assertThat(isTcp(ADDRESSES + "88a8000181000007" + IPV4)).as("in two").isTrue();
    assertThat(isTcp(ADDRESSES + IPV6)).isTrue();
    String options = IPV6.replaceFirst("0640", "0040") + "0600000000000000";
    assertThat(isTcp(ADDRESSES + options)).as("after IPv6 options").isTrue();
  }

  @Test
  void shouldNotTakeOthersForTcp() {
    assertThat(isTcp(ADDRESSES + IPV4.replaceFirst("4006", "4011"))).as("UDP").isFalse();
    assertThat(isTcp(ADDRESSES + IPV6.replaceFirst("0640", "3a40"))).as("ICMPv6").isFalse();
    assertThat(isTcp(ADDRESSES + "0806" + "00".repeat(28))).as("ARP").isFalse();
    assertThat(isTcp(ADDRESSES + "81000007".repeat(3) + IPV4)).as("three tags").isFalse();
    assertThat(isTcp("")).isFalse();
  }

  @Test
  void shouldReadNothingBeyondAFrameThatIsCutOff() {
    long seed = Seeds.next(FramesTest.class);
    Random random = new Random(seed);
    String[] whole = {
      IPV4, "81000007" + IPV4, IPV6, IPV6.replaceFirst("0640", "0040") + "00".repeat(40)
    };
    for (String frame : whole) {
      byte[] bytes = frame(ADDRESSES + frame);
      for (int length = 0; length <= bytes.length; length++) {
        byte[] cut = new byte[length];
        System.arraycopy(bytes, 0, cut, 0, length);
        Frames.isTcp(new UnsafeBuffer(cut), 0, length);
        Frames.destinationMac(new UnsafeBuffer(cut), 0, length);
      }
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = frame(ADDRESSES + whole[random.nextInt(whole.length)]);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(bytes.length + 1);
      Frames.isTcp(new UnsafeBuffer(bytes, 0, length), 0, length);
    }
  }

  @Test
  void shouldTellTheDestination() {
    byte[] bytes = frame(ADDRESSES + IPV4);
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    assertThat(Frames.destinationMac(buffer, 0, bytes.length))
        .isEqualTo(Frames.mac("52:54:00:12:34:56"));
    assertThat(Frames.destinationMac(buffer, 0, Frames.MIN_FRAME_BYTES - 1)).isEqualTo(-1);
    assertThatThrownBy(() -> Frames.mac("52:54:00:12:34"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static boolean isTcp(String hex) {
    byte[] frame = frame(hex);
    return Frames.isTcp(new UnsafeBuffer(frame), 0, frame.length);
  }

  private static byte[] frame(String hex) {
    return HexFormat.of().parseHex("00".repeat(Frames.VNET_HEADER_BYTES) + hex);
  }
}
