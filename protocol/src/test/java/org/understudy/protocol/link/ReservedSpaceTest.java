package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.pair.ownership.NodeId;

/** A full file system for shared memory is told in words, never by a signal. */
class ReservedSpaceTest {
  private static final int TERM = LinkConfiguration.TERM_LENGTH_DEFAULT;
  private static final long MIB = 1 << 20;

  @TempDir Path place;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    isMounted = run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", place.toString()) == 0;
    Assumptions.assumeTrue(isMounted, "needs the right to mount");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      run("umount", place.toString());
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private LinkContext context(String name, String local, String peer) {
    return new LinkContext()
        .node(new NodeId(name, name.hashCode()))
        .localEndpoint(local)
        .peerEndpoint(peer)
        .directoryRoot(place);
  }

  private long free() throws IOException {
    return Files.getFileStore(place).getUsableSpace();
  }

  @Test
  void shouldFitIntoWhatAContainerHasByDefaultAndTakeItAllAtTheStart() throws IOException {
    assertThat(LinkSpace.neededBytes(TERM)).isLessThanOrEqualTo(64 * MIB);
    long before = free();
    String a = LinkPair.freeEndpoint();
    String b = LinkPair.freeEndpoint();
    try (ReplicationLink link = new ReplicationLink(context("a", a, b))) {
      link.doWork();
      long taken = before - free();
      assertThat(taken).isBetween(LinkSpace.neededBytes(TERM) - MIB, LinkSpace.neededBytes(TERM));
    }
    assertThat(free()).isEqualTo(before);
  }

  @Test
  void shouldRefuseASecondLinkWithTheNumberThatIsMissing() {
    String a = LinkPair.freeEndpoint();
    String b = LinkPair.freeEndpoint();
    try (ReplicationLink link = new ReplicationLink(context("a", a, b))) {
      link.doWork();
      assertThatThrownBy(() -> context("b", b, a).conclude())
          .isInstanceOf(LinkConfigurationException.class)
          .hasMessageContaining("MiB left, the link needs 60.3 MiB, so")
          .hasMessageContaining("MiB are missing: enlarge it")
          .hasMessageContaining("--shm-size");
    }
  }

  @Test
  void shouldRefuseWhenTheRoomIsTakenBetweenTheCheckAndTheStart() throws IOException {
    LinkContext checked = context("a", LinkPair.freeEndpoint(), LinkPair.freeEndpoint()).conclude();
    fill(free() - 20 * MIB);
    assertThatThrownBy(() -> new ReplicationLink(checked))
        .isInstanceOf(LinkConfigurationException.class)
        .hasMessageContaining("no room for the link's buffers in " + place);
    assertThat(free()).as("nothing is left of the try").isEqualTo(20 * MIB);
  }

  @Test
  void shouldConnectAlthoughAllOtherRoomIsTakenMeanwhile() throws Exception {
    String a = LinkPair.freeEndpoint();
    String b = LinkPair.freeEndpoint();
    Path elsewhere = Files.createTempDirectory("understudy-link");
    try (ReplicationLink left = new ReplicationLink(context("a", a, b))) {
      fill(free());
      LinkContext other = context("b", b, a).directoryRoot(elsewhere);
      try (ReplicationLink right = new ReplicationLink(other)) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!(left.isConnected() && right.isConnected() && left.isPeerThere())) {
          left.doWork();
          right.doWork();
          assertThat(System.nanoTime()).isLessThan(deadlineNs);
        }
      }
    } finally {
      Files.delete(elsewhere);
    }
  }

  @Test
  void shouldStartAgainAfterAKillLeftEverythingBehind() throws Exception {
    Path left = Files.createDirectory(place.resolve("understudy-aeron-00000000000000aa"));
    Files.write(left.resolve("x"), new byte[(int) (40 * MIB)]);
    context("a", LinkPair.freeEndpoint(), LinkPair.freeEndpoint()).conclude();
    assertThat(left).doesNotExist();
  }

  private void fill(long bytes) throws IOException {
    try (ReservedSpace all = new ReservedSpace(place.resolve("filler"), bytes)) {
      assertThat(all.reservedBytes()).isEqualTo(bytes);
    }
  }
}
