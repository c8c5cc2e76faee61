package org.understudy.vm.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.vm.Await;
import org.understudy.vm.CountingGuest;
import org.understudy.vm.qmp.QmpRequests;

/** A Linux in a real QEMU, its clients in a namespace; one boot for all tests. */
@Timeout(600)
final class LinuxGuestNetworkTest {
  private static final int EPOCHS = 100;

  @TempDir static Path folder;
  private static Namespace namespace;
  private static LinuxGuest guest;

  private final Semaphore notices = new Semaphore(0);
  private volatile String awaited = "nothing";
  private final AtomicInteger awaitedSeen = new AtomicInteger();
  private GuestNetwork network;
  private GuestClient client;

  private final GuestNetwork.Listener listener =
      new GuestNetwork.Listener() {
        @Override
        public void onOutputHeld() {
          notices.release();
        }

        @Override
        public void onInput(int nic, DirectBuffer buffer, int offset, int length) {
          if (Frames.isTcp(buffer, offset, length)
              && Frames.destinationMac(buffer, offset, length) == Frames.mac(LinuxGuest.MAC)
              && text(buffer, offset, length).contains(awaited)) {
            awaitedSeen.incrementAndGet();
          }
        }
      };

  @BeforeAll
  static void boot() throws Exception {
    CountingGuest.assumeQemu();
    Namespace.assumePossible();
    namespace = new Namespace();
    LinuxGuest.makeBridge(namespace);
    guest = LinuxGuest.boot(namespace, folder, "g0");
  }

  @AfterAll
  static void end() throws Exception {
    if (guest != null) {
      guest.close();
    }
    if (namespace != null) {
      namespace.close();
    }
  }

  @BeforeEach
  void attach() throws Exception {
    network =
        GuestNetwork.attach(
            guest.qmp(),
            guest.nics(),
            guest.folder,
            NetSettings.DEFAULT,
            listener,
            LinuxGuest.TIMEOUT_NS);
    client = new GuestClient(namespace).connect();
  }

  @AfterEach
  void detach() throws Exception {
    if (network != null) {
      network.gate().open();
      if (client != null) {
        client.close();
      }
      Await.until("filters are gone", () -> !objects().contains("us-hold") || isDiscarded());
      network.close();
    }
  }

  private boolean isDiscarded() {
    return network.counts().discardedFrames() > 0;
  }

  @Test
  void shouldPassTrafficAndMirrorWhatComesIn() throws Exception {
    awaited = "mirror-me";
    assertThat(client.ask("ECHO mirror-me")).isEqualTo("9");
    Await.until("mirrored", () -> awaitedSeen.get() > 0);
    assertThat(network.counts().frames()).isPositive();
    assertThat(network.mirrorPosition()).isPositive();
    assertThat(notices.availablePermits()).isZero();
  }

  @Test
  void shouldAnswerOnlyAfterTheRelease() throws Exception {
    client.ask("SET held 41");
    network.gate().close();
    CompletableFuture<String> answer = client.askLater("INCR held");
    String cutText = "";
    for (int epoch = 1; !cutText.contains(":42\r\n"); epoch++) {
      assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).as("told of output").isTrue();
      FrameCut cut = captureAndCut(epoch);
      cutText = text(cut.buffer(), 0, cut.length());
      cut.release();
    }
    assertThat(answer).isNotDone();
    network.gate().release(Long.MAX_VALUE);
    assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("42");
  }

  @Test
  void shouldNeverShowAnAnswerOfAnEpochThatIsNotReleased() throws Exception {
    client.ask("SET count 0");
    AtomicInteger released = new AtomicInteger();
    network.gate().close();
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<Integer> received =
        CompletableFuture.supplyAsync(() -> count(released, ended));
    String text = "";
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      FrameCut cut = captureAndCut(epoch);
      text = text(cut.buffer(), 0, cut.length());
      cut.release();
      released.set(Math.max(released.get(), lastAnswer(text)));
      network.gate().release(epoch);
    }
    ended.set(true);
    network.gate().open();
    released.set(Integer.MAX_VALUE);
    assertThat(received.get(60, TimeUnit.SECONDS)).isGreaterThan(EPOCHS / 2);
  }

  /** Counts until told to end; each answer must have been in a released epoch. */
  private int count(AtomicInteger released, AtomicBoolean ended) {
    try {
      int count = 0;
      while (!ended.get()) {
        int answer = Integer.parseInt(client.ask("INCR count"));
        assertThat(answer).isEqualTo(++count);
        if (!ended.get()) {
          assertThat(answer).isLessThanOrEqualTo(released.get());
        }
      }
      return count;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shouldLeakNothingOnceDiscarded() throws Exception {
    network.gate().close();
    client.askLater("PING");
    assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    network.gate().discard();
    long atTap = framesAtTap();
    // the guest repeats what is not acknowledged
    Await.until("more frames were discarded", () -> network.counts().discardedFrames() > 3);
    assertThat(framesAtTap()).isEqualTo(atTap);
    assertThat(guest.qmp().execute(new QmpRequests.QueryStatus(), LinuxGuest.TIMEOUT_NS).running())
        .isTrue();
  }

  @Test
  void shouldFlowAtOnceWhenOpenedAndHoldAgainWhenAttachedAgain() throws Exception {
    network.gate().close();
    CompletableFuture<String> answer = client.askLater("ECHO opened");
    assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    network.gate().open();
    assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("6");
    for (int i = 0; network.isAttached(); i++) {
      assertThat(client.ask("ECHO " + i)).as("while the filters go").isNotEmpty();
    }
    assertThat(objects()).doesNotContain("us-");
    assertThat(client.ask("PING")).isEqualTo("PONG");
    long frames = network.counts().frames();
    assertThat(client.ask("PING")).isEqualTo("PONG");
    assertThat(network.counts().frames()).as("past us").isEqualTo(frames);
    network.ensureAttached();
    network.gate().close();
    CompletableFuture<String> held = client.askLater("PING");
    assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    captureAndCut(7).release();
    network.gate().release(7);
    network.gate().open();
    assertThat(held.get(60, TimeUnit.SECONDS)).isEqualTo("PONG");
  }

  @Test
  void shouldReleaseWhileTheGuestIsPausedWithoutLosingAFrame() throws Exception {
    client.ask("SET held 1");
    network.gate().close();
    CompletableFuture<String> answer = client.askLater("INCR held");
    assertThat(notices.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    captureAndCut(1).release();
    guest.capture().pause(LinuxGuest.TIMEOUT_NS);
    network.drain();
    network.cutFrames().release();
    network.gate().cut(2);
    network.gate().release(2);
    Await.until("QEMU has all", () -> network.heldBytes() == 0);
    guest.capture().resume(LinuxGuest.TIMEOUT_NS);
    network.gate().open();
    assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("2");
  }

  @Test
  void shouldNeverStopQemuWhateverPasses() throws Exception {
    int bytes = 20_000_000;
    client.ask("SETRANGE big " + bytes + " x");
    CompletableFuture<Integer> passed =
        CompletableFuture.supplyAsync(() -> {
          try {
            int sum = 0;
            for (int i = 0; i < 10; i++) {
              sum += Integer.parseInt(client.ask("GET big"));
            }
            return sum;
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    long slowestNs = 0;
    long startNs = System.nanoTime();
    while (!passed.isDone()) {
      long askedNs = System.nanoTime();
      guest.qmp().execute(new QmpRequests.QueryStatus(), LinuxGuest.TIMEOUT_NS);
      slowestNs = Math.max(slowestNs, System.nanoTime() - askedNs);
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    assertThat(passed.get()).isEqualTo(10 * (bytes + 1));
    assertThat(network.counts().droppedFrames()).isZero();
    assertThat(network.counts().bytes()).isGreaterThan(10L * bytes);
    System.out.printf(
        "200 MB through the filters: %d ms, QMP's slowest answer %d us%n",
        (System.nanoTime() - startNs) / 1_000_000, slowestNs / 1000);
    client.ask("DEL big");
  }

  private FrameCut captureAndCut(long epoch) {
    guest.capture().pause(LinuxGuest.TIMEOUT_NS);
    network.drain();
    FrameCut cut = network.cutFrames();
    network.gate().cut(epoch);
    guest.capture().resume(LinuxGuest.TIMEOUT_NS);
    return cut;
  }

  private static long framesAtTap() throws Exception {
    String[] lines = namespace.ip("-s link show " + guest.tap).split("\n");
    return Long.parseLong(lines[3].strip().split(" +")[1]);
  }

  private static String objects() {
    return guest
        .qmp()
        .execute(
            new QmpRequests.Raw(
                "qom-list", JsonNodeFactory.instance.objectNode().put("path", "/objects")),
            LinuxGuest.TIMEOUT_NS)
        .toString();
  }

  private static int lastAnswer(String text) {
    int last = 0;
    var matcher = java.util.regex.Pattern.compile(":(\\d+)\r\n").matcher(text);
    while (matcher.find()) {
      last = Math.max(last, Integer.parseInt(matcher.group(1)));
    }
    return last;
  }

  private static String text(DirectBuffer buffer, int offset, int length) {
    byte[] bytes = new byte[length];
    buffer.getBytes(offset, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
