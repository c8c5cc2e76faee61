package org.understudy.protocol.seal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM under one key, with nonces as Noise writes them: four zero bytes, then a number. The
 * caller sees to it that no number is used for two texts. On heap arrays, which the JDK's cipher
 * handles three times as fast as direct memory. Allocates about a kilobyte each time, in the JDK.
 */
final class RecordCipher {
  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;

  /** What {@link #open} gives for bytes that nobody with the key has sealed. */
  static final int FORGED = -1;

  private static final int TAG_BITS = 8 * TAG_BYTES;
  private static final int NONCE_BYTES = 12;
  private static final int NUMBER_OFFSET = 4;

  /** The nonce that is kept for {@link #next} (Noise, section 4.2). */
  private static final long REKEY_NUMBER = -1;

  private static final byte[] NOTHING = {};

  private final byte[] nonce = new byte[NONCE_BYTES];
  private final SecretKeySpec key;
  private Cipher cipher;

  RecordCipher(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
    renew();
  }

  /** What was sealed last was not sent: its number may be used again. */
  void renew() {
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-GCM: " + e.getMessage(), e);
    }
  }

  /** Seals; the length of the result, {@link #TAG_BYTES} more than that of the text. */
  int seal(long number, byte[] ad, byte[] text, int offset, int length, byte[] out, int outOffset) {
    try {
      init(Cipher.ENCRYPT_MODE, number, ad);
      return cipher.doFinal(text, offset, length, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot seal number " + number + ": " + e.getMessage(), e);
    }
  }

  /** Opens; the length of the text, or {@link #FORGED}: then nothing of it is in {@code out}. */
  int open(long number, byte[] ad, byte[] sealed, int offset, int length, byte[] out) {
    if (length < TAG_BYTES) {
      return FORGED;
    }
    try {
      init(Cipher.DECRYPT_MODE, number, ad);
      return cipher.doFinal(sealed, offset, length, out, 0);
    } catch (AEADBadTagException e) {
      return FORGED;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot open number " + number + ": " + e.getMessage(), e);
    }
  }

  private void init(int mode, long number, byte[] ad) throws GeneralSecurityException {
    for (int i = 0; i < Long.BYTES; i++) {
      nonce[NUMBER_OFFSET + i] = (byte) (number >>> 8 * (Long.BYTES - 1 - i));
    }
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(ad);
  }

  /** The cipher whose key follows this one's; from it nobody gets back to this one (REKEY). */
  RecordCipher next() {
    byte[] zeros = new byte[KEY_BYTES];
    byte[] sealed = new byte[KEY_BYTES + TAG_BYTES];
    new RecordCipher(key.getEncoded()).seal(REKEY_NUMBER, NOTHING, zeros, 0, KEY_BYTES, sealed, 0);
    return new RecordCipher(Arrays.copyOf(sealed, KEY_BYTES));
  }
}
