package org.understudy.lab.bench.presets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyCounterTest {
  private static final String REPLIES =
      "+OK\r\n:-12\r\n$5\r\nab\r\nc\r\n$-1\r\n$0\r\n\r\n-ERR no\r\n$11\r\n+-:$1234567\r\n";

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void shouldCountEveryReplyWhenCutAtAnyPlace() {
    for (int cut = 0; cut <= REPLIES.length(); cut++) {
      ReplyCounter counter = new ReplyCounter();
      int count = counter.count(bytes(REPLIES.substring(0, cut)));
      count += counter.count(bytes(REPLIES.substring(cut)));
      assertThat(count).as("cut at %d", cut).isEqualTo(7);
      assertThat(counter.errors()).isEqualTo(1);
    }
  }

  @Test
  void shouldRefuseWhatIsNoReply() {
    assertThatThrownBy(() -> new ReplyCounter().count(bytes("hello")))
        .hasMessageContaining("byte 104");
  }
}
