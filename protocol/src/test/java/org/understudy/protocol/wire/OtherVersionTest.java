package org.understudy.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.link.RecordingListener;
import org.understudy.protocol.wire.MessageReader.Outcome;

/** Handshakes of programs that are older or newer than this one. */
class OtherVersionTest {
  private static final int HELLO = 0;
  private static final int REPLY = 1;
  private static final int REJECT = 2;
  private static final int HEADER = 8;
  private static final int VERSION = 6;
  private static final int OURS = WireLimits.VERSION;

  private final RecordingListener listener = new RecordingListener();
  private final MessageReader reader = new MessageReader();

  OtherVersionTest() {
    reader.listen(listener);
  }

  private static UnsafeBuffer message(int index, int version) {
    UnsafeBuffer message = new UnsafeBuffer(new Corpus().messages().get(index).clone());
    put(message, VERSION, version);
    return message;
  }

  private static UnsafeBuffer hello(int version, int min, int max) {
    UnsafeBuffer hello = message(HELLO, version);
    put(hello, HEADER + HelloDecoder.minVersionEncodingOffset(), min);
    put(hello, HEADER + HelloDecoder.maxVersionEncodingOffset(), max);
    return hello;
  }

  private static void put(UnsafeBuffer message, int offset, int value) {
    message.putShort(offset, (short) value, ByteOrder.LITTLE_ENDIAN);
  }

  private Outcome read(UnsafeBuffer message) {
    return reader.onMessage(message, 0, message.capacity());
  }

  @Test
  void shouldTellOfAnOlderBackup() {
    assertThat(read(hello(1, 1, 1))).isEqualTo(Outcome.BAD);
    OtherVersion expected =
        new OtherVersion(true, Corpus.HELLO.helloId(), Corpus.HELLO.identity().incarnation(), 1, 1);
    assertThat(listener.others).containsExactly(expected);
    assertThat(expected.forPeople("primary", "backup"))
        .isEqualTo("no version of the protocol in common: this primary speaks 4, the backup 1; ");
    assertThat(listener.handshakes).isEmpty();
    assertThat(listener.bad).isEmpty();
  }

  @Test
  void shouldTellOfANewerBackupWhateverFollowsItsVersions() {
    UnsafeBuffer whole = hello(OURS + 3, OURS + 1, OURS + 3);
    int least = HEADER + HelloDecoder.maxVersionEncodingOffset() + Short.BYTES;
    for (int length = least; length <= whole.capacity(); length++) {
      byte[] bytes = Arrays.copyOf(whole.byteArray(), length);
      Arrays.fill(bytes, least, length, (byte) 0xee);
      assertThat(read(new UnsafeBuffer(bytes))).isEqualTo(Outcome.BAD);
      assertThat(listener.others).hasSize(1);
      assertThat(listener.others.removeFirst().forPeople("primary", "backup"))
          .contains("this primary speaks 4, the backup 5 to 7");
    }
    assertThat(listener.bad).isEmpty();
  }

  @Test
  void shouldTakeABackupThatAlsoSpeaksAnOlderOrANewerVersion() {
    assertThat(read(hello(OURS + 1, OURS, OURS + 1))).isEqualTo(Outcome.ACCEPTED);
    assertThat(read(hello(OURS, 1, OURS))).isEqualTo(Outcome.ACCEPTED);
    assertThat(listener.handshakes).containsExactly(Corpus.HELLO, Corpus.HELLO);
    assertThat(listener.others).isEmpty();
  }

  @Test
  void shouldTellOfAnOlderPrimaryThatAnswersAllTheSame() {
    assertThat(read(message(REPLY, 1))).isEqualTo(Outcome.BAD);
    assertThat(listener.others)
        .containsExactly(
            new OtherVersion(
                false, Corpus.REPLY.helloId(), Corpus.REPLY.identity().incarnation(), 1, OURS));
    assertThat(listener.others.getFirst().forPeople("backup", "primary"))
        .contains("this backup speaks 4, the primary 1");
  }

  @Test
  void shouldNotTakeAVersionThatWasNotOffered() {
    UnsafeBuffer reply = message(REPLY, OURS + 1);
    put(reply, HEADER + HelloReplyDecoder.versionEncodingOffset(), OURS + 1);
    assertThat(read(reply)).isEqualTo(Outcome.BAD);
    assertThat(listener.bad.getFirst().reason()).contains("not offered");
  }

  @Test
  void shouldReadARefusalOfEveryVersion() {
    for (int version = 1; version <= OURS + 3; version++) {
      assertThat(read(message(REJECT, version)))
          .as("version " + version)
          .isEqualTo(Outcome.ACCEPTED);
    }
    assertThat(listener.handshakes).hasSize(OURS + 3).containsOnly(Corpus.REJECT);
  }

  @Test
  void shouldCallNonsenseBadAndNotAnotherVersion() {
    read(hello(1, 0, 0));
    read(hello(OURS + 1, OURS + 2, OURS + 1));
    UnsafeBuffer nobody = hello(1, 1, 1);
    nobody.putLong(HEADER + HelloDecoder.incarnationEncodingOffset(), 0);
    read(nobody);
    assertThat(listener.others).isEmpty();
    assertThat(listener.bad).hasSize(3);
  }

  /** What nodes of all versions read of each other: never to be moved. */
  @Test
  void shouldKeepItsPlaceInAllVersions() {
    assertThat(HelloDecoder.helloIdEncodingOffset()).isZero();
    assertThat(HelloDecoder.incarnationEncodingOffset()).isEqualTo(8);
    assertThat(HelloDecoder.minVersionEncodingOffset()).isEqualTo(64);
    assertThat(HelloDecoder.maxVersionEncodingOffset()).isEqualTo(66);
    assertThat(HelloReplyDecoder.helloIdEncodingOffset()).isEqualTo(16);
    assertThat(HelloReplyDecoder.incarnationEncodingOffset()).isEqualTo(24);
    byte[] reject = new Corpus().messages().get(REJECT);
    assertThat(reject)
        .startsWith(25, 0, 3, 0, (byte) 0x67, 0x12)
        .contains((byte) 6, HEADER + 24)
        .hasSize(HEADER + 25 + 2 + "alpha".length() + 2 + Corpus.REJECT.text().length());
  }
}
