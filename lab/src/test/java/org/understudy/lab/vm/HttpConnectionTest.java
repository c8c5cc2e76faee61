package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpConnectionTest {
  private static final String GOOD =
      "HTTP/1.1 200 OK\r\nServer: x\r\nCONTENT-LENGTH: 3\r\nX-Request: c1-7\r\n\r\nabc";

  private static HttpConnection.Response read(String text) throws IOException {
    return HttpConnection.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void shouldReadAWholeResponse() throws IOException {
    HttpConnection.Response response = read(GOOD);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.request()).isEqualTo("c1-7");
    assertThat(response.text()).isEqualTo("abc");
  }

  @Test
  void shouldLeaveTheNextResponseAlone() throws IOException {
    ByteArrayInputStream both =
        new ByteArrayInputStream((GOOD + GOOD).getBytes(StandardCharsets.ISO_8859_1));

    HttpConnection.read(both);
    assertThat(both.available()).isEqualTo(GOOD.length());
  }

  @Test
  void shouldRefuseEveryPrefixOfAResponse() {
    for (int length = 0; length < GOOD.length(); length++) {
      String prefix = GOOD.substring(0, length);
      assertThatThrownBy(() -> read(prefix)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void shouldRefuseWhatIsNoResponse() {
    assertThatThrownBy(() -> read("SSH-2.0-x\r\n\r\n")).hasMessageContaining("SSH-2.0");
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n\r\n")).hasMessageContaining("body of -1");
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"))
        .hasMessageContaining("'x'");
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n" + "a".repeat(10_000)))
        .hasMessageContaining("longer");
  }
}
