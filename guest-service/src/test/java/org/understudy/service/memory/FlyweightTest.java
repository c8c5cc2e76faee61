package org.understudy.service.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.service.flyweight.MessageHeaderDecoder;
import org.understudy.service.flyweight.MessageHeaderEncoder;
import org.understudy.service.flyweight.OrderDecoder;
import org.understudy.service.flyweight.OrderEncoder;
import org.understudy.service.flyweight.Side;

class FlyweightTest {
  /** So that the record straddles a page. */
  private static final int OFFSET = 4096 - 60;

  @Test
  void shouldEncodeAndDecodeWhenFlyweightIsOnProtectedMemory() {
    try (TrackedMemory tracked = new TrackedMemory(8)) {
      ProtectedBuffer view = new ProtectedBuffer(tracked.memory(), 4096, 16_384);
      UnsafeBuffer plain = new UnsafeBuffer(new byte[16_384]);
      tracked.flip();

      int length = encode(view);
      tracked.assertBarrierCoversChanges();
      assertThat(encode(plain)).isEqualTo(length);
      byte[] bytes = new byte[16_384];
      view.getBytes(0, bytes);
      assertThat(bytes).isEqualTo(plain.byteArray());

      OrderDecoder decoder =
          new OrderDecoder().wrapAndApplyHeader(view, OFFSET, new MessageHeaderDecoder());
      assertThat(decoder.toString())
          .isEqualTo(
              new OrderDecoder()
                  .wrapAndApplyHeader(plain, OFFSET, new MessageHeaderDecoder())
                  .toString());
      assertThat(decoder.id()).isEqualTo(42);
      assertThat(decoder.price()).isEqualTo(1.5);
      assertThat(decoder.symbol()).isEqualTo("ABCDEFGH");
      assertThat(decoder.fills().next().filled()).isEqualTo(7);
    }
  }

  @Test
  void shouldWrapVariableDataWhenItIsAViewItself() {
    ProtectedMemory memory = ProtectedMemory.unprotected(32_768);
    ProtectedBuffer view = new ProtectedBuffer(memory, 0, 32_768);
    encode(view);
    OrderDecoder decoder =
        new OrderDecoder().wrapAndApplyHeader(view, OFFSET, new MessageHeaderDecoder());
    decoder.fills().forEach(fill -> {});
    ProtectedBuffer note = new ProtectedBuffer();

    decoder.wrapNote(note);

    assertThat(note.capacity()).isEqualTo(200);
    assertThat(note.getByte(199)).isEqualTo((byte) 'n');
  }

  private static int encode(MutableDirectBuffer buffer) {
    OrderEncoder encoder =
        new OrderEncoder().wrapAndApplyHeader(buffer, OFFSET, new MessageHeaderEncoder());
    encoder.id(42).quantity(-3).price(1.5).rate(0.25f).lot((short) 9).side(Side.SELL);
    encoder.flags().clear().urgent(true);
    encoder.symbol("ABCDEFGH");
    OrderEncoder.FillsEncoder fills = encoder.fillsCount(2);
    fills.next().fillId(1).filled(7);
    fills.next().fillId(2).filled(8);
    byte[] note = "n".repeat(200).getBytes();
    encoder.putNote(note, 0, note.length);
    return encoder.encodedLength();
  }
}
