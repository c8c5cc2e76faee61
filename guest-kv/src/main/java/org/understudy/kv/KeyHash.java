package org.understudy.kv;

/**
 * SipHash-1-3 (J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012):
 * whoever may choose keys cannot choose colliding ones without knowing the seed. Takes the bytes in
 * words of eight, little-endian. One thread; no allocation.
 */
final class KeyHash {
  private static final int FINAL_ROUNDS = 3;

  private long seed0;
  private long seed1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;

  void seed(long first, long second) {
    seed0 = first;
    seed1 = second;
  }

  void begin() {
    v0 = seed0 ^ 0x736f_6d65_7073_6575L;
    v1 = seed1 ^ 0x646f_7261_6e64_6f6dL;
    v2 = seed0 ^ 0x6c79_6765_6e65_7261L;
    v3 = seed1 ^ 0x7465_6462_7974_6573L;
  }

  void word(long word) {
    v3 ^= word;
    round();
    v0 ^= word;
  }

  /**
   * Ends with fewer than eight bytes.
   *
   * @param rest them, the first in the lowest byte
   * @param length bytes in all
   */
  long end(long rest, int length) {
    word((long) length << 56 | rest);
    v2 ^= 0xff;
    for (int i = 0; i < FINAL_ROUNDS; i++) {
      round();
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  private void round() {
    long a = v0 + v1;
    long b = Long.rotateLeft(v1, 13) ^ a;
    a = Long.rotateLeft(a, 32);
    long c = v2 + v3;
    long d = Long.rotateLeft(v3, 16) ^ c;
    a += d;
    v3 = Long.rotateLeft(d, 21) ^ a;
    c += b;
    v1 = Long.rotateLeft(b, 17) ^ c;
    v2 = Long.rotateLeft(c, 32);
    v0 = a;
  }
}
