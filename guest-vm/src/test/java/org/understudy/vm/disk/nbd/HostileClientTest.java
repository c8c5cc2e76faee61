package org.understudy.vm.disk.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.disk.Seeds;

/** A recorded session, cut off and mutated everywhere: the server stays up and keeps its bounds. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileClientTest {
  private static final int SIZE = 1 << 20;
  private static final int MUTATIONS = 2_000;

  @TempDir Path directory;
  private ServedDisk served;
  private byte[] session;

  @BeforeEach
  void record() throws IOException {
    served =
        new ServedDisk(
            directory, SIZE, NbdSettings.DEFAULT.withHandoverNs(TimeUnit.HOURS.toNanos(1)));
    try (NbdClient client = new NbdClient(served.socket).greeted()) {
      client.option(Nbd.OPT_LIST);
      client.option(8);
      client.option(Nbd.OPT_INFO, NbdClient.goData("disk"));
      client.option(Nbd.OPT_GO, NbdClient.goData("disk"));
      client.request(Nbd.CMD_WRITE, Nbd.CMD_FLAG_FUA, 1, 4096, 64, new byte[64]);
      client.request(Nbd.CMD_READ, 0, 2, 4096, 64);
      client.request(Nbd.CMD_TRIM, 0, 3, 0, 8192);
      client.request(Nbd.CMD_WRITE_ZEROES, Nbd.CMD_FLAG_NO_HOLE, 4, 0, 8192);
      client.request(Nbd.CMD_FLUSH, 0, 5, 0, 0);
      client.request(Nbd.CMD_DISC, 0, 6, 0, 0);
      session = client.sent.toByteArray();
      client.readToEnd();
    }
  }

  @AfterEach
  void close() throws IOException {
    served.close();
  }

  private void send(byte[] bytes) throws IOException {
    try (NbdClient client = new NbdClient(served.socket)) {
      try {
        client.send(bytes);
      } catch (IOException e) {
        return; // closed on us, as it may
      }
      client.readToEnd();
    }
  }

  private void assertServes() throws IOException {
    Await.until(() -> served.server.connections() == 0);
    try (NbdClient client = new NbdClient(served.socket).going("disk")) {
      assertThat(client.error(Nbd.CMD_FLUSH, 0, 0, 0)).isZero();
    }
    assertThat(served.server.counts().failed()).isZero();
    assertThat(Files.size(served.file)).isEqualTo(SIZE);
  }

  @Test
  void shouldSurviveEveryTruncation() throws IOException {
    for (int cut = 0; cut <= session.length; cut++) {
      send(Arrays.copyOf(session, cut));
    }
    assertServes();
  }

  @Test
  void shouldSurviveMutations() throws IOException {
    Random random = new Random(Seeds.next(getClass()));
    for (int round = 0; round < MUTATIONS; round++) {
      byte[] bytes = session.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      send(bytes);
    }
    assertServes();
  }
}
