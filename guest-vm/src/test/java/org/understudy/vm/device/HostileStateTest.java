package org.understudy.vm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Device state that was cut or changed is refused, or decoded to what was encoded. */
final class HostileStateTest {
  private static final long SEED = Long.getLong("state.seed", new SplittableRandom().nextLong());
  private static final int CHANGES = 20_000;
  private static final int SWITCHOVER_START = 11;

  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeEach
  void printSeed() {
    System.out.println("state.seed=" + SEED);
  }

  @Test
  void shouldRebuildStatesWhosePagesComeChangeAndGo() throws Exception {
    StateEncoder encoder = new StateEncoder();
    StateDecoder decoder = new StateDecoder();
    ByteBuffer last = null;
    for (int i = 0; i < 500; i++) {
      ByteBuffer state = ByteBuffer.wrap(state(random.nextInt(20), 4));
      ByteBuffer spare = random.nextBoolean() ? last : null;
      last = decoder.decode(encoder.encode(state), spare);
      assertThat(last).isEqualTo(state);
      if (random.nextInt(50) == 0) {
        encoder.reset();
        decoder.reset();
      }
    }
  }

  @Test
  void shouldRefuseEveryTruncatedState() throws Exception {
    byte[] state = state(3, 4);
    int ramBytes = parse(state).ramBytes();
    for (int length = 0; length < ramBytes; length += length < 300 ? 1 : 61) {
      byte[] cut = Arrays.copyOf(state, length);
      assertThatThrownBy(() -> parse(cut)).isInstanceOf(CorruptStateException.class);
    }
  }

  @Test
  void shouldRefuseOrParseWhateverIsChanged() throws Exception {
    byte[] state = state(3, 4);
    for (int i = 0; i < CHANGES; i++) {
      byte[] changed = change(state);
      try {
        assertThat(parse(changed).ramBytes()).isBetween(1, changed.length);
      } catch (CorruptStateException e) {
        assertThat(e).hasMessageContaining("byte");
      }
    }
  }

  @Test
  void shouldNotBelieveTheSizesInAState() throws Exception {
    byte[] state = state(0, 4);
    ByteBuffer.wrap(state).putInt(9, Integer.MAX_VALUE);
    assertThatThrownBy(() -> parse(state))
        .isInstanceOf(CorruptStateException.class)
        .hasMessageContaining("machine type");
  }

  @Test
  void shouldPassOverTheStartOfTheSwitchoverAndNoOtherCommand() throws Exception {
    for (int command = 0; command < 20; command++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(0x5145564D);
      out.writeInt(3);
      out.writeByte(7);
      out.writeInt(4);
      out.writeBytes("pc-1");
      out.writeByte(1);
      out.writeInt(2);
      name(out, "ram");
      out.writeInt(0);
      out.writeInt(4);
      end(out);
      command(out, command, 0);
      out.writeByte(3);
      out.writeInt(2);
      end(out);
      byte[] state = bytes.toByteArray();
      if (command == SWITCHOVER_START) {
        assertThat(parse(state).ramBytes()).isEqualTo(state.length);
      } else {
        assertThatThrownBy(() -> parse(state))
            .isInstanceOf(CorruptStateException.class)
            .hasMessageContaining("unknown command " + command);
      }
    }
  }

  @Test
  void shouldRefuseWhateverIsChangedInAnEncodedStateAndStayAsItWas() throws Exception {
    StateEncoder encoder = new StateEncoder();
    ByteBuffer first = copy(encoder.encode(ByteBuffer.wrap(state(8, 2))));
    ByteBuffer state = ByteBuffer.wrap(state(8, 2));
    byte[] bytes = copy(encoder.encode(state)).array();
    StateDecoder decoder = new StateDecoder();
    decoder.decode(first);
    for (int i = 0; i < CHANGES; i++) {
      ByteBuffer changed = ByteBuffer.wrap(change(bytes));
      if (!changed.equals(ByteBuffer.wrap(bytes))) {
        try {
          // A changed number of a page may go unseen if both pages are equal; the state may not.
          assertThat(decoder.decode(changed)).isEqualTo(state);
          decoder.reset();
          decoder.decode(first);
        } catch (CorruptStateException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
    assertThat(decoder.decode(ByteBuffer.wrap(bytes))).isEqualTo(state);
  }

  private static ByteBuffer copy(ByteBuffer from) {
    return ByteBuffer.allocate(from.remaining()).put(from).flip();
  }

  private static StateLayout parse(byte[] state) {
    return StateParser.parse(ByteBuffer.wrap(state), (block, offset, position) -> {});
  }

  private byte[] change(byte[] original) {
    byte[] changed = original.clone();
    // Most of it is pages, in which nothing can be wrong: the first bytes are changed more often.
    int range = random.nextBoolean() ? changed.length : Math.min(changed.length, 200);
    for (int count = random.nextInt(1, 4); count > 0; count--) {
      changed[random.nextInt(range)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? Arrays.copyOf(changed, random.nextInt(changed.length))
        : changed;
  }

  /** A state as QEMU writes it, with this many pages of few different contents. */
  private byte[] state(int pages, int contents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x5145564D);
    out.writeInt(3);
    out.writeByte(7);
    out.writeInt(13);
    out.writeBytes("pc-i440fx-7.2");
    out.writeByte(5);
    name(out, "configuration/capabilities");
    out.writeInt(1);
    out.writeInt(1);
    name(out, "x-ignore-shared");
    out.writeByte(1);
    out.writeInt(2);
    name(out, "ram");
    out.writeInt(0);
    out.writeInt(4);
    out.writeLong((1 << 25) + (1 << 18) | 4);
    block(out, "pc.ram", 1 << 25, 0);
    block(out, "pc.bios", 1 << 18, 0xFFFC0000L);
    end(out);
    out.writeByte(2);
    out.writeInt(2);
    for (int page = 0; page < pages; page++) {
      page(out, page == 0, random.nextInt(contents));
    }
    end(out);
    if (random.nextBoolean()) {
      command(out, SWITCHOVER_START, 0); // as machine types of QEMU 10.0 have it
    }
    out.writeByte(3);
    out.writeInt(2);
    end(out);
    byte[] devices = new byte[random.nextInt(1, 2000)];
    random.nextBytes(devices);
    out.write(devices);
    return bytes.toByteArray();
  }

  private void page(DataOutputStream out, boolean first, int content) throws IOException {
    long offset = 4096L * random.nextInt(64);
    boolean zero = random.nextInt(4) == 0;
    out.writeLong(offset | (zero ? 2 : 8) | (first ? 0 : 0x20));
    if (first) {
      name(out, "pc.bios");
    }
    byte[] bytes = new byte[zero ? 1 : 4096];
    Arrays.fill(bytes, (byte) (zero ? 0 : content));
    out.write(bytes);
  }

  private static void block(DataOutputStream out, String name, long bytes, long address)
      throws IOException {
    name(out, name);
    out.writeLong(bytes);
    out.writeLong(address);
  }

  private static void command(DataOutputStream out, int number, int length) throws IOException {
    out.writeByte(8);
    out.writeShort(number);
    out.writeShort(length);
  }

  private static void end(DataOutputStream out) throws IOException {
    out.writeLong(0x10);
    out.writeByte(0x7E);
    out.writeInt(2);
  }

  private static void name(DataOutputStream out, String name) throws IOException {
    out.writeByte(name.length());
    out.writeBytes(name);
  }
}
