package org.understudy.vm.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpEvent;
import org.understudy.vm.qmp.QmpException;

/** Answers QMP as far as filters need it and has the other ends of their sockets. */
final class FilterQemu implements AutoCloseable {
  static final long TIMEOUT_NS = 30_000_000_000L;

  final List<String> commands = new CopyOnWriteArrayList<>();
  final Map<String, SocketChannel> sockets = new ConcurrentHashMap<>();
  volatile String refused = "";
  final QmpClient qmp;
  private final ObjectMapper json = new ObjectMapper();
  private final ServerSocketChannel server;

  FilterQemu(Path folder) throws Exception {
    Path path = folder.resolve("qmp");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Thread.ofPlatform().daemon().name("filter-qemu").start(this::serve);
    qmp =
        QmpClient.connect(
            path,
            new QmpEvent.Listener() {
              @Override
              public void onEvent(QmpEvent event) {}

              @Override
              public void onClosed(QmpException cause) {}
            },
            TIMEOUT_NS);
  }

  /** The guest sends a frame; waits like QEMU while nobody reads. */
  void guestSends(int nic, byte[] frame) throws IOException {
    write(sockets.get("us-out-n" + nic), frame);
  }

  /** A frame comes for the guest. */
  void guestReceives(int nic, byte[] frame) throws IOException {
    write(sockets.get("us-copy-n" + nic), frame);
  }

  /** The next frame that goes on to the tap. */
  byte[] atTap(int nic) throws IOException {
    return read(sockets.get("us-in-n" + nic));
  }

  static void write(SocketChannel channel, byte[] frame) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame);
    bytes.flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The next frame on a socket, null at its end. */
  static byte[] read(SocketChannel channel) throws IOException {
    ByteBuffer length = fill(channel, 4);
    return length == null ? null : fill(channel, length.getInt(0)).array();
  }

  private static ByteBuffer fill(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        return null;
      }
    }
    return bytes;
  }

  private void serve() {
    try (SocketChannel channel = server.accept()) {
      OutputStream out = Channels.newOutputStream(channel);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      say(
          out,
          "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":0,\"minor\":2,\"major\":7},\"package\":\"\"},\"capabilities\":[]}}");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonNode request = json.readTree(line);
        String id = request.get("id").asText();
        say(
            out,
            handle(request)
                ? "{\"return\":{},\"id\":" + id + "}"
                : "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"},\"id\":" + id + "}");
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private boolean handle(JsonNode request) throws IOException {
    String command = request.get("execute").asText();
    JsonNode arguments = request.path("arguments");
    String name = arguments.path("id").asText(arguments.path("path").asText());
    commands.add(command + " " + name);
    if (!refused.isEmpty() && (command + " " + name).contains(refused)) {
      return false;
    }
    if (command.equals("chardev-add")) {
      String path = arguments.at("/backend/data/addr/data/path").asText();
      sockets.put(name, SocketChannel.open(UnixDomainSocketAddress.of(path)));
    } else if (command.equals("chardev-remove")) {
      SocketChannel socket = sockets.remove(name);
      if (socket == null) {
        return false;
      }
      socket.close();
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    qmp.close();
    server.close();
    for (SocketChannel socket : sockets.values()) {
      socket.close();
    }
  }
}
