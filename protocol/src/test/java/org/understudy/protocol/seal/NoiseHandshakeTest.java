package org.understudy.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The handshake against the test vectors that other implementations of Noise use (cacophony). */
class NoiseHandshakeTest {
  private static final byte[] PROLOGUE = hex("4a6f686e2047616c74");
  private static final byte[] PSK =
      hex("54686973206973206d7920417573747269616e20706572737065637469766521");
  private static final byte[] NOTHING = {};

  private static final byte[] INITIATOR_SECRET =
      hex("893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a");
  private static final byte[] RESPONDER_SECRET =
      hex("bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b");

  private final NoiseHandshake initiator = new NoiseHandshake(PROLOGUE, PSK);
  private final NoiseHandshake responder = new NoiseHandshake(PROLOGUE, PSK);

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private void shake() {
    byte[] first = initiator.first(INITIATOR_SECRET, hex("4c756477696720766f6e204d69736573"));
    assertThat(first)
        .isEqualTo(
            hex(
                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
                    + "7c37a89fc17813788d30df2d59501d6066f5f8aecc3406bbd9829f2d24a531b1"));
    assertThat(responder.takeFirst(first)).isEqualTo(hex("4c756477696720766f6e204d69736573"));
    byte[] second = responder.second(RESPONDER_SECRET, hex("4d757272617920526f746862617264"));
    assertThat(second)
        .isEqualTo(
            hex(
                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
                    + "2f29d79368ef9de4e1ae7a362fb05bf0ad668e026bf5714554497b3a720461"));
    assertThat(initiator.takeSecond(second)).isEqualTo(hex("4d757272617920526f746862617264"));
  }

  @Test
  void shouldSayWhatTheVectorsSay() {
    shake();
    byte[] hash = hex("9f3b1f9afd7767767b5b9d1069844a6154fdbdcc36dfb3e31c0fffc5c973d530");
    assertThat(initiator.hash()).isEqualTo(hash);
    assertThat(responder.hash()).isEqualTo(hash);
  }

  @Test
  void shouldSealRecordsAsTheVectorsDo() {
    shake();
    RecordCipher forth = new RecordCipher(initiator.keys()[0]);
    RecordCipher back = new RecordCipher(responder.keys()[1]);
    assertThat(seal(forth, 0, "462e20412e20486179656b"))
        .isEqualTo("7c01e898a6201f36aecee532e29cd0b7f8ffa29d3366ad0dce39a6");
    assertThat(seal(back, 0, "4361726c204d656e676572"))
        .isEqualTo("a9ff535aace3db6a1da1a7fb00fe2de2622bb373abad9fb42c00e0");
    assertThat(seal(forth, 1, "4a65616e2d426170746973746520536179"))
        .isEqualTo("6cfc49a3e65472edc2d0152abe5ce950170a8a47c959f30bd48b5f0aacf29adbfd");
    assertThat(seal(back, 1, "457567656e2042f6686d20766f6e2042617765726b"))
        .isEqualTo("9bc86e6d974ed21ba04604a94aa68de21677eb409ead070c0cd569b069ee19ba142aa4c1a9");
  }

  private static String seal(RecordCipher cipher, long number, String text) {
    byte[] bytes = hex(text);
    byte[] out = new byte[bytes.length + RecordCipher.TAG_BYTES];
    cipher.seal(number, NOTHING, bytes, 0, bytes.length, out, 0);
    return HexFormat.of().formatHex(out);
  }

  @Test
  void shouldRefuseAFirstMessageOfWhoeverDoesNotKnowTheKeyOrBelievesSomethingElse() {
    byte[] otherKey = PSK.clone();
    otherKey[31] ^= 1;
    byte[] first = initiator.first(INITIATOR_SECRET, NOTHING);
    assertThat(new NoiseHandshake(PROLOGUE, otherKey).takeFirst(first)).isNull();
    assertThat(new NoiseHandshake(hex("4a"), PSK).takeFirst(first)).isNull();
    assertThat(new NoiseHandshake(PROLOGUE, PSK).takeFirst(first)).isEmpty();
  }

  @Test
  void shouldRefuseEveryChangedBitAndEveryCut() {
    byte[] first = initiator.first(INITIATOR_SECRET, NOTHING);
    for (int bit = 0; bit < 8 * first.length; bit++) {
      byte[] changed = first.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(new NoiseHandshake(PROLOGUE, PSK).takeFirst(changed)).as("bit " + bit).isNull();
    }
    for (int length = 0; length < first.length; length++) {
      byte[] cut = Arrays.copyOf(first, length);
      assertThat(new NoiseHandshake(PROLOGUE, PSK).takeFirst(cut)).as("%d", length).isNull();
    }
  }

  @Test
  void shouldRefuseAnAnswerToAnotherHandshake() {
    NoiseHandshake other = new NoiseHandshake(PROLOGUE, PSK);
    responder.takeFirst(initiator.first(INITIATOR_SECRET, NOTHING));
    other.first(hex("aa".repeat(32)), NOTHING);
    assertThat(other.takeSecond(responder.second(RESPONDER_SECRET, NOTHING))).isNull();
  }

  /** A point of small order would make keys that everybody knows. */
  @Test
  void shouldRefuseAPointThatAgreesOnNothing() {
    assertThat(X25519.agree(PSK, new byte[32])).isNull();
  }

  @Test
  void shouldOpenNothingUnderTheKeyBeforeOrAfter() {
    RecordCipher cipher = new RecordCipher(PSK);
    byte[] out = new byte[17];
    cipher.seal(5, NOTHING, new byte[] {7}, 0, 1, out, 0);
    byte[] text = new byte[17];
    assertThat(cipher.next().open(5, NOTHING, out, 0, 17, text)).isEqualTo(RecordCipher.FORGED);
    assertThat(cipher.open(6, NOTHING, out, 0, 17, text)).isEqualTo(RecordCipher.FORGED);
    assertThat(cipher.open(5, NOTHING, out, 0, 17, text)).isEqualTo(1);
    assertThat(text[0]).isEqualTo((byte) 7);
  }
}
