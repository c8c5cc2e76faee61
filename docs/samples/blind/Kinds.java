import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Writes page pairs that the codec was not tuned on: {@code java Kinds.java KIND PAGES SEED FILE}. */
final class Kinds {
  private static final int PAGE = 4096;
  private final SplittableRandom random;
  private final String[] vocabulary;

  private Kinds(long seed) {
    random = new SplittableRandom(seed);
    vocabulary = new String[900];
    Arrays.setAll(vocabulary, i -> word(2 + random.nextInt(9)));
  }

  public static void main(String[] arguments) throws IOException {
    Kinds kinds = new Kinds(Long.parseLong(arguments[2]));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[3])))) {
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        long address = 0x55d000000000L + (long) i * 3 * PAGE;
        byte[][] pair = kinds.pair(arguments[0], i);
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, address).array());
        out.write(pair[0]);
        out.write(pair[1]);
      }
    }
  }

  private byte[][] pair(String kind, int index) {
    return switch (kind) {
      case "counters" -> counters();
      case "floats" -> floats();
      case "moved" -> moved();
      case "prose" -> new byte[][] {prose(), prose()};
      case "newprose" -> new byte[][] {new byte[PAGE], prose()};
      case "log" -> new byte[][] {log(index), log(index + 7000)};
      case "leaves" -> leaves();
      case "structs" -> new byte[][] {structs(index), structs(index + 5000)};
      default -> throw new IllegalArgumentException("unknown kind " + kind);
    };
  }

  /** An array of 8-byte counters; a third of them grew a little. */
  private byte[][] counters() {
    ByteBuffer old = page();
    ByteBuffer now = page();
    for (int at = 0; at < PAGE; at += 8) {
      long value = random.nextLong(1L << 20);
      old.putLong(at, value);
      now.putLong(at, value + (random.nextInt(3) == 0 ? random.nextInt(200) : 0));
    }
    return new byte[][] {old.array(), now.array()};
  }

  /** An array of doubles, half of them moved by a small step. */
  private byte[][] floats() {
    ByteBuffer old = page();
    ByteBuffer now = page();
    double value = random.nextDouble() * 100;
    for (int at = 0; at < PAGE; at += 8) {
      value += random.nextDouble() - 0.5;
      old.putDouble(at, Math.round(value * 1000) / 1000.0);
      now.putDouble(at, Math.round(value * 1000 + random.nextInt(2) * random.nextInt(9)) / 1000.0);
    }
    return new byte[][] {old.array(), now.array()};
  }

  /** One to three ranges moved by odd distances, as memmove does; what came in is new prose. */
  private byte[][] moved() {
    byte[] old = prose();
    byte[] now = old.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int by = 1 + 2 * random.nextInt(150);
      int from = random.nextInt(2000);
      int length = 200 + random.nextInt(PAGE - from - by - 200);
      byte[] filler = prose();
      System.arraycopy(now, from, now, from + by, Math.min(length, PAGE - from - by));
      System.arraycopy(filler, 0, now, from, by);
    }
    return new byte[][] {old, now};
  }

  /** A leaf of a B-tree: 24-byte keys, 8-byte pointers, sorted from the front; some inserted. */
  private byte[][] leaves() {
    int count = 60 + random.nextInt(50);
    String[] keys = new String[count + 3];
    Arrays.setAll(keys, i -> String.format("%-12s%012d", vocabulary[random.nextInt(900)], random.nextInt(1 << 30)));
    return new byte[][] {leaf(keys, count), leaf(keys, count + 1 + random.nextInt(3))};
  }

  private byte[] leaf(String[] keys, int count) {
    String[] sorted = Arrays.copyOf(keys, count);
    Arrays.sort(sorted);
    ByteBuffer page = page().putInt(count).putInt(0x1EAF);
    for (String key : sorted) {
      page.put(key.substring(0, 24).getBytes(StandardCharsets.US_ASCII)).putLong(key.hashCode() * 4096L);
    }
    return page.array();
  }

  private byte[] prose() {
    StringBuilder text = new StringBuilder();
    while (text.length() < PAGE) {
      int skewed = (int) (900 * Math.pow(random.nextDouble(), 2.5));
      text.append(vocabulary[skewed]).append(random.nextInt(12) == 0 ? ". " : " ");
    }
    return text.substring(0, PAGE).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] log(int index) {
    StringBuilder text = new StringBuilder();
    for (int line = 0; text.length() < PAGE; line++) {
      text.append(String.format("2026-03-%02d 12:%02d:%02d INFO [worker-%d] GET /%s/%s %d %dms\n",
          1 + index % 28, line % 60, random.nextInt(60), random.nextInt(8), vocabulary[random.nextInt(40)],
          vocabulary[random.nextInt(900)], random.nextInt(5) == 0 ? 404 : 200, random.nextInt(900)));
    }
    return text.substring(0, PAGE).getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] structs(int start) {
    ByteBuffer page = page();
    for (int i = 0; page.remaining() >= 32; i++) {
      page.putInt(start + i).putShort((short) random.nextInt(40)).putShort((short) 1);
      page.putLong(0x7f3a_0000_0000L + random.nextInt(1 << 24) * 16L).putDouble(random.nextInt(1000) / 8.0);
      page.putInt(random.nextInt(1 << 16)).putInt(-1);
    }
    return page.array();
  }

  private ByteBuffer page() {
    return ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String word(int length) {
    StringBuilder word = new StringBuilder();
    while (word.length() < length) {
      word.append("bcdfghlmnprst".charAt(random.nextInt(13))).append("aeiou".charAt(random.nextInt(5)));
    }
    return word.substring(0, length);
  }
}
