package org.understudy.vm.disk.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;

@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NbdServerTest {
  private static final int SIZE = 4 << 20;
  private static final NbdSettings SETTINGS =
      new NbdSettings(1 << 20, 8 << 10, 8, 3, TimeUnit.HOURS.toNanos(1));

  @TempDir Path directory;
  private ServedDisk served;

  @BeforeEach
  void serve() throws IOException {
    served = new ServedDisk(directory, SIZE, SETTINGS);
  }

  @AfterEach
  void close() throws IOException {
    served.close();
    assertThat(served.server.counts().failed()).isZero();
    assertThat(served.socket).doesNotExist();
  }

  private NbdClient client() throws IOException {
    return new NbdClient(served.socket);
  }

  @Test
  void shouldAnswerEachOption() throws IOException {
    try (NbdClient client = client().greeted()) {
      client.option(Nbd.OPT_LIST);
      assertThat(client.reply().data()).endsWith("disk".getBytes());
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ACK);
      client.option(Nbd.OPT_LIST, (byte) 1);
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ERR_INVALID);
      client.option(8); // structured replies
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ERR_UNSUP);
      client.option(Nbd.OPT_GO, NbdClient.goData("other"));
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ERR_UNKNOWN);
      client.option(Nbd.OPT_INFO, (byte) 0);
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ERR_INVALID);
      client.option(Nbd.OPT_INFO, NbdClient.goData(""));
      assertThat(ByteBuffer.wrap(client.reply().data()).getLong(2)).isEqualTo(SIZE);
      assertThat(client.reply().data()).hasSize(14);
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ACK);
      client.option(Nbd.OPT_ABORT);
      assertThat(client.reply().type()).isEqualTo(Nbd.REP_ACK);
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void shouldPadTheReplyToExportNameUnlessAskedNotTo() throws IOException {
    try (NbdClient client = client()) {
      client.receive(18);
      client.send(new byte[] {0, 0, 0, 1});
      client.option(Nbd.OPT_EXPORT_NAME, "disk".getBytes());
      assertThat(client.receive(10 + 124).getLong()).isEqualTo(SIZE);
      assertThat(client.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
    }
    try (NbdClient client = client().greeted()) {
      client.option(Nbd.OPT_EXPORT_NAME);
      assertThat(client.receive(10).getLong()).isEqualTo(SIZE);
      assertThat(client.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
    }
    try (NbdClient client = client().greeted()) {
      client.option(Nbd.OPT_EXPORT_NAME, "nothing".getBytes());
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void shouldWriteReadAndClear() throws IOException {
    byte[] data = new byte[3000];
    Arrays.fill(data, (byte) 5);
    try (NbdClient client = client().going("disk")) {
      client.request(Nbd.CMD_WRITE, Nbd.CMD_FLAG_FUA, 77, 1000, 3000, data);
      assertThat(client.answer(0).cookie()).isEqualTo(77);
      client.request(Nbd.CMD_READ, 0, 78, 1000, 3000);
      assertThat(client.answer(3000).data()).isEqualTo(data);
      assertThat(client.error(Nbd.CMD_TRIM, 0, 1000, 100)).isZero();
      assertThat(client.error(Nbd.CMD_WRITE_ZEROES, 0, 1100, 100)).isZero();
      assertThat(client.error(Nbd.CMD_WRITE_ZEROES, Nbd.CMD_FLAG_NO_HOLE, 1200, 100)).isZero();
      client.request(Nbd.CMD_READ, 0, 79, 1000, 3000);
      Arrays.fill(data, 0, 300, (byte) 0);
      assertThat(client.answer(3000).data()).isEqualTo(data);
      client.request(Nbd.CMD_DISC, 0, 80, 0, 0);
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
    assertThat(Arrays.copyOfRange(Files.readAllBytes(served.file), 1000, 4000)).isEqualTo(data);
  }

  @Test
  void shouldAnswerWrongRequestsWithAnErrorAndGoOn() throws IOException {
    try (NbdClient client = client().going("disk")) {
      assertThat(client.error(Nbd.CMD_READ, 0, SIZE, 1)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(Nbd.CMD_READ, 0, 0, (1 << 20) + 1)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(Nbd.CMD_READ, 0, -1, -1)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(Nbd.CMD_TRIM, 0, SIZE - 1, 2)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(Nbd.CMD_WRITE_ZEROES, 0, 0, SIZE + 1)).isEqualTo(Nbd.ENOSPC);
      assertThat(client.error(Nbd.CMD_WRITE_ZEROES, 16, 0, 1)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(Nbd.CMD_TRIM, Nbd.CMD_FLAG_NO_HOLE, 0, 1)).isEqualTo(Nbd.EINVAL);
      assertThat(client.error(7, 0, 0, 1)).isEqualTo(Nbd.EINVAL);
      client.request(Nbd.CMD_WRITE, 0, 9, SIZE - 1, 2, (byte) 1, (byte) 2);
      assertThat(client.answer(0).error()).isEqualTo(Nbd.ENOSPC);
      assertThat(client.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
    }
  }

  @Test
  void shouldEndTheConnectionWhereItCannotBeFollowed() throws IOException {
    try (NbdClient client = client().going("disk")) {
      client.request(Nbd.CMD_WRITE, 0, 1, 0, Integer.MIN_VALUE);
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
    try (NbdClient client = client().greeted()) {
      client.send(ByteBuffer.allocate(16).putLong(Nbd.OPTION_MAGIC).putInt(99).putInt(-1).array());
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
    try (NbdClient client = client()) {
      client.receive(18);
      client.send(new byte[] {0, 0, 0, 7});
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
    try (NbdClient client = client().greeted()) {
      for (int i = 0; i < 8; i++) {
        client.option(8);
        client.reply();
      }
      assertThatThrownBy(() -> client.receive(1)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void shouldLetANewConnectionInOnlyWhenTheOneBeforeIsDone() throws IOException {
    try (NbdClient next = client().greeted()) {
      try (NbdClient first = client().going("disk")) {
        next.option(Nbd.OPT_GO, NbdClient.goData("disk"));
        assertThat(first.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
        for (int i = 0; i < 10; i++) {
          first.request(Nbd.CMD_WRITE, 0, i, i, 1, (byte) 3);
        }
      }
      assertThat(next.reply().type()).isEqualTo(Nbd.REP_INFO);
      assertThat(next.reply().type()).isEqualTo(Nbd.REP_INFO);
      assertThat(next.reply().type()).isEqualTo(Nbd.REP_ACK);
      next.request(Nbd.CMD_WRITE, 0, 1, 0, 10, new byte[] {4, 4, 4, 4, 4, 4, 4, 4, 4, 4});
      assertThat(next.answer(0).error()).isZero();
      assertThat(Arrays.copyOf(Files.readAllBytes(served.file), 10)).containsOnly(4);
    }
  }

  @Test
  void shouldRefuseASecondUserThatDoesNotGetItsTurn() throws IOException {
    served.close();
    served = new ServedDisk(directory, SIZE, SETTINGS.withHandoverNs(1));
    try (NbdClient first = client().going("disk");
        NbdClient second = client().greeted()) {
      second.option(Nbd.OPT_GO, NbdClient.goData("disk"));
      assertThat(second.reply().type()).isEqualTo(Nbd.REP_ERR_POLICY);
      assertThat(first.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
    }
  }

  @Test
  void shouldCloseConnectionsBeyondTheLimitAtOnce() throws IOException {
    try (NbdClient a = client();
        NbdClient b = client();
        NbdClient c = client()) {
      a.receive(18);
      b.receive(18);
      c.receive(18);
      try (NbdClient d = client()) {
        assertThatThrownBy(() -> d.receive(1)).isInstanceOf(IOException.class);
      }
    }
    assertThat(served.server.counts().refused()).isEqualTo(1);
    Await.until(() -> served.server.connections() == 0);
    client().going("disk").close();
  }

  @Test
  void shouldReplaceTheSocketOfADeadServerOnly() throws IOException {
    assertThat(Files.getPosixFilePermissions(served.socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> NbdServer.start(served.socket, List.of(served.disk), SETTINGS))
        .hasMessageContaining("another process serves at");
    Path dead = directory.resolve("dead.sock");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(dead))
        .close();
    assertThat(dead).exists();
    NbdServer.start(dead, List.of(served.disk), SETTINGS).close();
  }
}
