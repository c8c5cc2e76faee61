package org.understudy.vm.guest;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between a node and both monitors of a real QEMU, and has the request of a chosen number
 * fail. {@link #program} is a QEMU whose monitors are elsewhere than its command line says.
 */
final class FaultyMonitor implements AutoCloseable {
  /** What becomes of a request. */
  enum Fault {
    REFUSED,
    CUT,
    UNANSWERED,
    /** QEMU is killed; its monitor is closed before its end can be seen. */
    KILLED,
    /** A state that is not understood: only of a migration. */
    GARBLED
  }

  private static final int UNKNOWN_SECTION = 99;
  private static final Pattern REQUEST =
      Pattern.compile("\\{\"execute\":\"([^\"]+)\".*\"id\":(\\d+)}");
  private static final Pattern STATE_SOCKET = Pattern.compile("unix:([^\"]+)");
  private static final String REAL = ".real";
  private static final String SCRIPT =
      """
      #!/bin/bash
      for argument; do
        shift
        case $argument in
          socket,id=qmp,*|socket,id=save,*) argument=${argument/,server=on/.real,server=on} ;;
        esac
        set -- "$@" "$argument"
      done
      exec qemu-system-x86_64 "$@"
      """;

  final Path program;

  /** Every request since the last {@link #arm}, the failed one included. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final AtomicInteger number = new AtomicInteger();
  private final List<Closeable> opened = new CopyOnWriteArrayList<>();
  private volatile int failing = Integer.MAX_VALUE;
  private volatile int failingUpTo = Integer.MAX_VALUE;
  private volatile Fault fault;

  /** Kills QEMU. */
  volatile Runnable kill = () -> {};

  private volatile boolean closed;

  /** For the machine of a node whose directory this is. */
  FaultyMonitor(Path directory) throws IOException {
    program = directory.resolve("faulty-qemu");
    Files.writeString(program, SCRIPT);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    serve(directory.resolve("qmp"));
    serve(directory.resolve("qmp-save"));
  }

  /** Counted from now on, the request of this number fails, the first being 0. */
  void arm(Fault newFault, int failingNumber) {
    arm(newFault, failingNumber, failingNumber);
  }

  void arm(Fault newFault, int from, int upTo) {
    heal();
    requests.clear();
    number.set(0);
    fault = newFault;
    failingUpTo = upTo;
    failing = from;
  }

  void heal() {
    failing = Integer.MAX_VALUE;
  }

  boolean hasFailed() {
    return number.get() > failing;
  }

  private void serve(Path socket) {
    Thread.ofPlatform()
        .daemon()
        .name("faulty-monitor")
        .start(() -> {
          try {
            // Not before QEMU is there: whoever starts it removes what is in its place.
            Path real = socket.resolveSibling(socket.getFileName() + REAL);
            while (!Files.exists(real) && !closed) {
              LockSupport.parkNanos(1_000_000);
            }
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            opened.add(server);
            server.bind(UnixDomainSocketAddress.of(socket));
            while (!closed) {
              relay(server.accept(), connect(real));
            }
          } catch (IOException e) {
            // closed
          }
        });
  }

  private SocketChannel connect(Path real) throws IOException {
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(real));
        opened.add(channel);
        return channel;
      } catch (IOException e) {
        channel.close();
        if (closed) {
          throw e;
        }
        LockSupport.parkNanos(1_000_000); // it is there and does not listen yet
      }
    }
  }

  private void relay(SocketChannel client, SocketChannel qemu) {
    opened.add(client);
    Object writing = new Object();
    start(() -> pass(qemu, client, line -> send(client, writing, line)));
    start(() -> pass(client, qemu, line -> request(line, client, qemu, writing)));
  }

  private interface Sink {
    void take(String line) throws IOException;
  }

  private static void start(Runnable task) {
    Thread.ofPlatform().daemon().name("faulty-monitor").start(task);
  }

  private static void pass(SocketChannel from, SocketChannel to, Sink sink) {
    try (from;
        to) {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(from), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        sink.take(line);
      }
    } catch (IOException e) {
      // one side ended, and so both
    }
  }

  private static void send(SocketChannel to, Object writing, String line) throws IOException {
    synchronized (writing) {
      ByteBuffer bytes = ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
  }

  private void request(String line, SocketChannel client, SocketChannel qemu, Object writing)
      throws IOException {
    Matcher request = REQUEST.matcher(line);
    if (!request.matches()) {
      throw new IOException("no request: " + line);
    }
    requests.add(request.group(1));
    int mine = number.getAndIncrement();
    Fault now = mine >= failing && mine <= failingUpTo ? fault : null;
    if (now == null) {
      send(qemu, qemu, line);
      return;
    }
    switch (now) {
      case REFUSED ->
          send(
              client,
              writing,
              "{\"id\": "
                  + request.group(2)
                  + ", \"error\": {\"class\": \"GenericError\", \"desc\": \"planted\"}}");
      case CUT -> throw new IOException("planted");
      case KILLED -> {
        client.close();
        kill.run();
      }
      case UNANSWERED -> {
        // never
      }
      default -> send(qemu, qemu, garble(line));
    }
  }

  /** QEMU writes its state to a socket of ours. */
  private String garble(String line) throws IOException {
    Matcher socket = STATE_SOCKET.matcher(line);
    if (!socket.find()) {
      return line;
    }
    Path to = Path.of(socket.group(1));
    Path here = to.resolveSibling(to.getFileName() + ".g");
    Files.deleteIfExists(here);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    opened.add(server);
    server.bind(UnixDomainSocketAddress.of(here));
    start(() -> {
      try (server;
          SocketChannel from = server.accept();
          SocketChannel on = SocketChannel.open(UnixDomainSocketAddress.of(to))) {
        byte[] state = Channels.newInputStream(from).readAllBytes();
        state[8] = UNKNOWN_SECTION;
        OutputStream out = Channels.newOutputStream(on);
        out.write(state);
      } catch (IOException e) {
        // given up
      }
    });
    return line.replace(socket.group(), "unix:" + here);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (Closeable one : opened) {
      one.close();
    }
  }
}
