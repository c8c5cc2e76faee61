package org.understudy.node.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairKeyTest {
  private static final byte[] SECRET =
      HexFormat.of().parseHex("00112233445566778899aabbccddeeff".repeat(2));

  private final PairKey key = new PairKey("a", "b", SECRET);

  @Test
  void shouldKnowItsTwoNodes() {
    assertThat(key.isFor("a")).isTrue();
    assertThat(key.isFor("b")).isTrue();
    assertThat(key.isFor("c")).isFalse();
    assertThat(key.isFor("key")).isFalse();
    assertThat(key.peerOf("a")).isEqualTo("b");
    assertThat(key.peerOf("b")).isEqualTo("a");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> key.peerOf("c"))
        .withMessageContainingAll("a and b", "'c'");
  }

  /** The id by another implementation: openssl dgst -mac HMAC. */
  @Test
  void shouldHaveAnIdThatStaysTheSame() {
    assertThat(key.id()).isEqualTo("21fae5de");
    assertThat(new PairKey("c", "d", SECRET).id()).as("names do not matter").isEqualTo(key.id());
  }

  @Test
  void shouldNeverShowItsSecret() {
    assertThat(key.toString())
        .isEqualTo("key " + key.id() + " of the nodes a and b")
        .doesNotContain(Base64.getEncoder().encodeToString(SECRET), "0011", "00, 11");
  }

  @Test
  void shouldBeUnlikeAnyOther() {
    PairKey one = PairKey.random("a", "b");
    PairKey other = PairKey.random("a", "b");
    assertThat(one.secret()).hasSize(PairKey.SECRET_BYTES).isNotEqualTo(other.secret());
    assertThat(one).isNotEqualTo(other);
    assertThat(one.id()).isNotEqualTo(other.id());
  }

  @Test
  void shouldBeEqualByWhatItHolds() {
    assertThat(new PairKey("a", "b", SECRET.clone())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(new PairKey("a", "c", SECRET)).isNotEqualTo(key);
    assertThat(new PairKey("c", "b", SECRET)).isNotEqualTo(key);
  }

  @Test
  void shouldKeepItsSecretFromChanges() {
    byte[] mine = SECRET.clone();
    PairKey copied = new PairKey("a", "b", mine);
    mine[0]++;
    copied.secret()[1]++;
    assertThat(copied.secret()).isEqualTo(SECRET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a b", "ä", "a\n"})
  void shouldRefuseNamesThatNoNodeCanHave(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKey(name, "b", SECRET))
        .withMessageContaining("'" + name + "'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKey("a", name, SECRET))
        .withMessageContaining("'" + name + "'");
  }

  @Test
  void shouldRefuseNamesThatAreTooLongAndTheSameTwice() {
    String longest = "n".repeat(64);
    assertThat(new PairKey(longest, "b", SECRET).first()).isEqualTo(longest);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKey("a", longest + "n", SECRET))
        .withMessageContaining("1 to 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKey("a", "a", SECRET))
        .withMessageContainingAll("two nodes", "'a'");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 33})
  void shouldRefuseSecretsOfAnotherLength(int bytes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PairKey("a", "b", new byte[bytes]))
        .withMessageContainingAll("32 bytes", "not " + bytes);
  }
}
