import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A program to capture: a cache that drops the entry used longest ago. {@code java -Xmx256m -Xmn32m Lru.java} */
final class Lru extends LinkedHashMap<String, byte[]> {
  Lru() {
    super(1 << 17, 0.75f, true);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
    return size() > 80_000;
  }

  public static void main(String[] arguments) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(3);
    Lru cache = new Lru();
    for (long i = 0; ; i++) {
      String key = "item/" + (long) Math.abs(random.nextGaussian() * 60_000);
      byte[] value = cache.get(key);
      if (value == null) {
        value = new byte[64 + random.nextInt(200)];
        random.nextBytes(value);
        cache.put(key, value);
      }
      value[random.nextInt(value.length)]++;
      if (i % 300 == 0) {
        Thread.sleep(1);
      }
    }
  }
}
