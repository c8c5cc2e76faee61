package org.understudy.lab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.understudy.lab.judge.Reply;

class ReplyParserTest {
  private static final String STREAM =
      "+OK\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n$0\r\n\r\n-ERR no\r\n:-7\r\n";

  private static List<Reply> parse(String text, int step) {
    ReplyParser parser = new ReplyParser();
    List<Reply> replies = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += step) {
      int count = Math.min(step, bytes.length - at);
      parser.receive(ByteBuffer.wrap(bytes, at, count), replies::add);
    }
    return replies;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void shouldGiveTheSameRepliesWhenBytesArriveInPieces(int step) {
    List<Reply> replies = parse(STREAM, step);
    assertThat(replies)
        .extracting(Reply::kind)
        .containsExactly(
            Reply.Kind.STATUS,
            Reply.Kind.INTEGER,
            Reply.Kind.BULK,
            Reply.Kind.NIL,
            Reply.Kind.BULK,
            Reply.Kind.ERROR,
            Reply.Kind.INTEGER);
    assertThat(replies.get(1).number()).isEqualTo(42);
    assertThat(replies.get(2).text()).isEqualTo("a\r\nbc");
    assertThat(replies.get(5).text()).isEqualTo("ERR no");
    assertThat(replies.get(6).number()).isEqualTo(-7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?what\r\n", ":4x\r\n", "$-2\r\n", "$99999999999\r\n"})
  void shouldRefuseWhatIsNoReply(String text) {
    assertThatThrownBy(() -> parse(text, 1000)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseALineWithoutEnd() {
    assertThatThrownBy(() -> parse("+" + "x".repeat(ReplyParser.MAX_LINE + 1), 1000))
        .isInstanceOf(IllegalStateException.class);
  }
}
