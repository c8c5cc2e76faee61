import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Writes the generated files of page pairs: {@code java Generate.java KIND PAGES SEED FILE}. */
final class Generate {
  private static final int PAGE = 4096;
  private static final String[] WORDS =
      ("page epoch commit guest image the a of backup primary output gate is held until its"
              + " checkpoint takeover region block shadow client answers once log replay input")
          .split(" ");

  private final SplittableRandom random;

  private Generate(long seed) {
    random = new SplittableRandom(seed);
  }

  public static void main(String[] arguments) throws IOException {
    Generate generate = new Generate(Long.parseLong(arguments[2]));
    int pages = Integer.parseInt(arguments[1]);
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[3])))) {
      long address = 0x7f0000000000L;
      for (int i = 0; i < pages; i++) {
        address += PAGE * (1L + generate.random.nextInt(4));
        byte[][] pair = generate.pair(arguments[0], i);
        out.write(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, address).array());
        out.write(pair[0]);
        out.write(pair[1]);
      }
    }
  }

  private byte[][] pair(String kind, int index) {
    return switch (kind) {
      case "btree" -> btree(index);
      case "shifted" -> shifted();
      case "rewritten" -> new byte[][] {text(), text()};
      case "new" -> new byte[][] {new byte[PAGE], index % 2 == 0 ? text() : records(index)};
      case "random" -> new byte[][] {bytes(PAGE), bytes(PAGE)};
      default ->
          throw new IllegalArgumentException(
              "unknown kind " + kind + ": use btree, shifted, rewritten, new or random");
    };
  }

  /** A leaf: header, sorted slots from the front, cells from the back; some records inserted. */
  private byte[][] btree(int index) {
    int count = 40 + random.nextInt(20);
    long[] keys = random.longs(count + 4, 0, 1_000_000_000L).map(k -> k + index).toArray();
    int inserted = 1 + random.nextInt(3);
    byte[][] values = new byte[count + 4][];
    for (int i = 0; i < values.length; i++) {
      values[i] = cell(keys[i]);
    }
    return new byte[][] {leaf(keys, values, count), leaf(keys, values, count + inserted)};
  }

  private byte[] cell(long key) {
    StringBuilder text = new StringBuilder("user:").append(key).append(':');
    int words = 2 + random.nextInt(6);
    for (int i = 0; i < words; i++) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    text.append(Long.toHexString(random.nextLong()));
    return text.substring(0, Math.min(text.length(), 60)).getBytes();
  }

  /** Cells in key order from the end of the page, so that an insert moves those behind it. */
  private static byte[] leaf(long[] keys, byte[][] values, int count) {
    Integer[] order = new Integer[count];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Long.compare(keys[a], keys[b]));
    ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    page.putInt(0, count);
    int slot = 8;
    int end = PAGE;
    for (int index : order) {
      byte[] value = values[index];
      if (end - value.length - 10 < 8 + 2 * count) {
        break;
      }
      end -= value.length + 10;
      page.putShort(end, (short) value.length).putLong(end + 2, keys[index]);
      page.put(end + 10, value);
      page.putShort(slot, (short) end);
      slot += 2;
    }
    page.putInt(4, end);
    return page.array();
  }

  /** Bytes inserted or removed in the middle of structured records. */
  private byte[][] shifted() {
    byte[] old = records(random.nextInt(1000));
    byte[] now = old.clone();
    int at = random.nextInt(3000);
    int by = 8 + random.nextInt(120);
    if (random.nextBoolean()) {
      System.arraycopy(old, at, now, at + by, PAGE - at - by);
      System.arraycopy(bytes(by), 0, now, at, by);
    } else {
      System.arraycopy(old, at + by, now, at, PAGE - at - by);
    }
    return new byte[][] {old, now};
  }

  private byte[] records(int start) {
    ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; page.remaining() >= 48; i++) {
      page.putLong(start * 100L + i).putLong(0x5A);
      page.putInt(random.nextInt(1000)).putInt(1).putDouble(random.nextInt(10000) / 100.0);
      page.put(cell(i), 0, 16);
    }
    return page.array();
  }

  private byte[] text() {
    StringBuilder text = new StringBuilder();
    while (text.length() < PAGE) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(9) == 0 ? '\n' : ' ');
    }
    return Arrays.copyOf(text.toString().getBytes(), PAGE);
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
