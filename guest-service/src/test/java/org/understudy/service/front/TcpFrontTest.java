package org.understudy.service.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

class TcpFrontTest implements ClientFront.Sink {
  private static final long DEADLINE_SECONDS = 20;

  private final List<String> events = new ArrayList<>();
  private final List<Socket> clients = new ArrayList<>();
  private TcpFront front =
      new TcpFront(FrontSettings.of(new InetSocketAddress("127.0.0.1", 0)).withMaxSessions(5));
  private boolean full;
  private boolean echo;
  private boolean repliesLate;

  @AfterEach
  void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    front.close();
  }

  @Override
  public boolean onClientEvent(
      InputKind kind, long sessionId, DirectBuffer buffer, int offset, int length) {
    if (full) {
      return false;
    }
    String text = buffer.getStringWithoutLengthAscii(offset, length);
    events.add(kind + " " + sessionId + (length > 0 ? " " + text : ""));
    if (echo && kind == InputKind.BYTES) {
      front.send(sessionId, buffer, offset, length);
    }
    if (kind == InputKind.SESSION_CLOSED && !repliesLate) {
      front.closeSession(sessionId);
    }
    return true;
  }

  @Test
  void shouldAnnounceEachSessionOnceWhenClientsComeAndGo() throws Exception {
    front.startAccepting(7);
    Socket first = connect();
    pollUntil(() -> events.contains("SESSION_OPENED 7"));
    Socket second = connect();
    pollUntil(() -> events.contains("SESSION_OPENED 8"));
    assertThat(front.sessions()).isEqualTo(2);
    echo = true;
    write(first, "hello");
    pollUntil(() -> events.contains("BYTES 7 hello"));
    assertThat(first.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
    first.close();
    front.closeSession(8);
    pollUntil(() -> events.contains("SESSION_CLOSED 7") && events.contains("SESSION_CLOSED 8"));
    assertThat(second.getInputStream().read()).isEqualTo(-1);
    assertThat(front.sessions()).isZero();
    assertThat(events).doesNotHaveDuplicates().hasSize(5);
  }

  /** The guest, which is paused, knows of no session yet, and has it begin with the same id. */
  @Test
  void shouldGiveNoSessionTheIdOfAnotherThatWaitsToBeOpened() throws Exception {
    full = true;
    front.startAccepting(7);
    connect();
    pollUntil(() -> front.sessions() == 1);
    front.stopAccepting();
    front.startAccepting(7);
    full = false;
    connect();
    pollUntil(() -> events.size() == 2);
    assertThat(events).containsExactlyInAnyOrder("SESSION_OPENED 7", "SESSION_OPENED 8");
  }

  @Test
  void shouldWriteWhatIsQueuedWhenSessionIsClosedByService() throws Exception {
    front.startAccepting(1);
    Socket client = connect();
    pollUntil(() -> front.isConnected(1));
    byte[] reply = new byte[3_000_000];
    front.send(1, new UnsafeBuffer(reply), 0, reply.length);
    front.closeSession(1);
    front.send(1, new UnsafeBuffer(reply), 0, reply.length);
    Thread reader = Thread.ofVirtual().start(() -> read(client, reply));
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    reader.join();
    assertThat(front.queuedBytes()).isZero();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void shouldDeliverLateRepliesWhenTheClientSendsNoMore() throws Exception {
    repliesLate = true;
    front.startAccepting(1);
    Socket client = connect();
    write(client, "last words");
    client.shutdownOutput();
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    for (int i = 0; i < 100; i++) {
      front.poll(this);
    }
    assertThat(front.isConnected(1)).isTrue();
    byte[] reply = "late".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    front.send(1, new UnsafeBuffer(reply), 0, reply.length);
    front.closeSession(1);
    pollUntil(() -> front.sessions() == 0);
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(reply);
    assertThat(events).containsOnlyOnce("SESSION_CLOSED 1");
  }

  @Test
  void shouldForgetTheSessionWhenTheClientIsGoneBeforeItsReplies() throws Exception {
    repliesLate = true;
    front.startAccepting(1);
    Socket client = connect();
    write(client, "a");
    client.close();
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    pollUntil(() -> {
      front.send(1, new UnsafeBuffer(new byte[1000]), 0, 1000); // answered by a reset
      return front.sessions() == 0;
    });
    assertThat(front.isConnected(1)).isFalse();
    assertThat(front.queuedBytes()).isZero();
    assertThat(events).containsOnlyOnce("SESSION_CLOSED 1");
  }

  @Test
  void shouldKeepEventsInOrderWhenSinkIsFull() throws Exception {
    front.startAccepting(1);
    Socket client = connect();
    pollUntil(() -> events.contains("SESSION_OPENED 1"));
    full = true;
    write(client, "a");
    for (int i = 0; i < 100; i++) {
      front.poll(this);
    }
    write(client, "b");
    client.close();
    for (int i = 0; i < 100; i++) {
      front.poll(this);
    }
    assertThat(events).containsExactly("SESSION_OPENED 1");
    full = false;
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    assertThat(String.join("", events).replace("BYTES 1 ", ""))
        .isEqualTo("SESSION_OPENED 1abSESSION_CLOSED 1");
  }

  @Test
  void shouldRefuseClientsWhenLimitIsReachedOrListenerIsClosed() throws Exception {
    front.startAccepting(1);
    for (int i = 0; i < 5; i++) {
      connect();
    }
    pollUntil(() -> front.sessions() == 5);
    Socket refused = connect();
    pollUntil(() -> front.clientsRefused() == 1);
    assertThat(refused.getInputStream().readAllBytes())
        .asString()
        .isEqualTo("-ERR max number of clients reached\r\n");
    front.stopAccepting();
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThat(front.sessions()).isEqualTo(5);
    front.startAccepting(100);
    clients.removeFirst().close();
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    connect();
    pollUntil(() -> events.contains("SESSION_OPENED 100"));
  }

  @Test
  void shouldCloseSlowClientAndServeOthersWhenItDoesNotRead() throws Exception {
    front.close();
    front =
        new TcpFront(
            FrontSettings.of(new InetSocketAddress("127.0.0.1", 0))
                .withQueueLimits(1 << 16, 8 << 20, 16 << 20));
    front.startAccepting(1);
    connect();
    pollUntil(() -> front.isConnected(1));
    Socket good = connect();
    pollUntil(() -> front.isConnected(2));
    echo = true;
    byte[] reply = new byte[1 << 20];
    for (int i = 0; front.isConnected(1); i++) {
      assertThat(i).isLessThan(100);
      front.send(1, new UnsafeBuffer(reply), 0, reply.length);
      assertThat(front.queuedBytes()).isLessThanOrEqualTo(8 << 20);
      int seen = events.size();
      write(good, "x");
      pollUntil(() -> events.size() > seen);
      assertThat(good.getInputStream().read()).isEqualTo('x');
    }
    pollUntil(() -> events.contains("SESSION_CLOSED 1"));
    assertThat(front.slowClientsClosed()).isEqualTo(1);
    assertThat(front.queuedBytes()).isZero();
    assertThat(front.isConnected(2)).isTrue();
  }

  @Test
  void shouldStayWithinItsBoundAndAnswerOthersWhenManyClientsDoNotRead() throws Exception {
    front.close();
    FrontSettings settings =
        FrontSettings.of(new InetSocketAddress("127.0.0.1", 0))
            .withMaxSessions(100)
            .withQueueLimits(1 << 16, 16 << 20, 64 << 20);
    front = new TcpFront(settings);
    front.startAccepting(1);
    Socket good = connect();
    pollUntil(() -> front.isConnected(1));
    echo = true;
    byte[] reply = new byte[8 << 20];
    for (int client = 2; client < 60; client++) {
      int id = client;
      connect();
      pollUntil(() -> front.isConnected(id));
      front.send(id, new UnsafeBuffer(reply), 0, reply.length);
      int seen = events.size();
      write(good, "x");
      pollUntil(() -> events.size() > seen);
      assertThat(good.getInputStream().read()).isEqualTo('x');
      assertThat(front.residentBytes()).isLessThanOrEqualTo(settings.ceilingBytes().ceilingBytes());
    }
    assertThat(front.slowClientsClosed()).isPositive();
    assertThat(front.isConnected(1)).isTrue();
    for (int client = 2; client < 60; client++) {
      clients.get(client - 1).close();
    }
    pollUntil(() -> front.sessions() == 1);
    assertThat(front.queuedBytes()).isZero();
    assertThat(front.residentBytes()).isLessThan(20 << 20);
  }

  @Test
  void shouldKeepShortRepliesOfEveryClientEvenIfLongOnesTookTheRest() throws Exception {
    front.close();
    front =
        new TcpFront(
            FrontSettings.of(new InetSocketAddress("127.0.0.1", 0))
                .withMaxSessions(3)
                .withQueueLimits(1 << 16, 1 << 20, 1 << 20));
    front.startAccepting(1);
    for (int id = 1; id <= 3; id++) {
      connect();
    }
    pollUntil(() -> front.sessions() == 3);
    front.send(1, new UnsafeBuffer(new byte[1 << 20]), 0, 1 << 20);
    front.send(2, new UnsafeBuffer(new byte[1000]), 0, 1000);
    front.send(3, new UnsafeBuffer(new byte[4096]), 0, 4096);
    assertThat(front.sessions()).isEqualTo(3);
    assertThat(front.queuedBytes()).isEqualTo((1 << 20) + 5096);
  }

  @Test
  void shouldNotWaitForEverForAClientThatTakesNothingOfItsLastReplies() throws Exception {
    front.startAccepting(1);
    connect();
    pollUntil(() -> front.isConnected(1));
    byte[] reply = new byte[32 << 20];
    front.send(1, new UnsafeBuffer(reply), 0, reply.length);
    front.closeSession(1);
    pollUntil(() -> front.sessions() == 0);
    assertThat(front.queuedBytes()).isZero();
    assertThat(front.slowClientsClosed()).isEqualTo(1);
  }

  @Test
  void shouldSayWhatToDoWhenPortIsUsed() {
    front.startAccepting(1);
    InetSocketAddress used = front.address();

    assertThatThrownBy(() -> TcpFront.requireFree(used))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:" + used.getPort())
        .hasMessageContaining("choose another");
    front.stopAccepting();
    TcpFront.requireFree(used);
  }

  @Test
  void shouldWakeWhenAskedBeforeOrDuringTheWait() throws Exception {
    front.startAccepting(1);
    front.wakeUp();
    front.awaitReady(TimeUnit.HOURS.toNanos(1));
    Thread waiter = Thread.ofPlatform().start(() -> front.awaitReady(TimeUnit.HOURS.toNanos(1)));
    front.wakeUp();
    waiter.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
    assertThat(waiter.isAlive()).isFalse();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket("127.0.0.1", front.address().getPort());
    client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
    clients.add(client);
    return client;
  }

  private static void write(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void read(Socket client, byte[] into) {
    try {
      client.getInputStream().readNBytes(into, 0, into.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pollUntil(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(events.toString()).isLessThan(deadline);
      if (front.poll(this) == 0) {
        front.awaitReady(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
  }
}
