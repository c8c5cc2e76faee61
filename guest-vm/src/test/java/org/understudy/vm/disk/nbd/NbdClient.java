package org.understudy.vm.disk.nbd;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Just enough of a client to be wrong with, and to record what a session sends. */
final class NbdClient implements AutoCloseable {
  record Reply(int option, int type, byte[] data) {}

  record Answer(int error, long cookie, byte[] data) {}

  private final SocketChannel socket;
  final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  NbdClient(Path path) throws IOException {
    socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  NbdClient greeted() throws IOException {
    receive(18);
    send(ByteBuffer.allocate(4).putInt(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES).array());
    return this;
  }

  NbdClient going(String name) throws IOException {
    greeted();
    option(Nbd.OPT_GO, goData(name));
    Reply reply;
    do {
      reply = reply();
    } while (reply.type() == Nbd.REP_INFO);
    if (reply.type() != Nbd.REP_ACK) {
      throw new IOException("GO was answered with " + Integer.toHexString(reply.type()));
    }
    return this;
  }

  static byte[] goData(String name) throws IOException {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(text.length);
    out.write(text);
    out.writeShort(1);
    out.writeShort(Nbd.INFO_BLOCK_SIZE);
    return bytes.toByteArray();
  }

  void option(int option, byte... data) throws IOException {
    send(
        ByteBuffer.allocate(Nbd.OPTION_HEADER_BYTES + data.length)
            .putLong(Nbd.OPTION_MAGIC)
            .putInt(option)
            .putInt(data.length)
            .put(data)
            .array());
  }

  Reply reply() throws IOException {
    ByteBuffer header = receive(20);
    if (header.getLong() != Nbd.OPTION_REPLY_MAGIC) {
      throw new IOException("wrong magic number of a reply");
    }
    int option = header.getInt();
    int type = header.getInt();
    return new Reply(option, type, receive(header.getInt()).array());
  }

  void request(int command, int flags, long cookie, long offset, int length, byte... data)
      throws IOException {
    send(
        ByteBuffer.allocate(Nbd.REQUEST_BYTES + data.length)
            .putInt(Nbd.REQUEST_MAGIC)
            .putShort((short) flags)
            .putShort((short) command)
            .putLong(cookie)
            .putLong(offset)
            .putInt(length)
            .put(data)
            .array());
  }

  Answer answer(int dataBytes) throws IOException {
    ByteBuffer header = receive(Nbd.REPLY_BYTES);
    if (header.getInt() != Nbd.REPLY_MAGIC) {
      throw new IOException("wrong magic number of an answer");
    }
    int error = header.getInt();
    return new Answer(error, header.getLong(), receive(error == 0 ? dataBytes : 0).array());
  }

  /** The error of a request without data on either way. */
  int error(int command, int flags, long offset, int length) throws IOException {
    request(command, flags, 1, offset, length);
    return answer(0).error();
  }

  void send(byte[] bytes) throws IOException {
    sent.write(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      socket.write(buffer);
    }
  }

  /** A client that lives long does not keep what it said. */
  void forgetSent() {
    sent.reset();
  }

  ByteBuffer receive(int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (socket.read(buffer) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    return buffer.flip();
  }

  /** Says no more and reads until the server closes. */
  void readToEnd() throws IOException {
    ByteBuffer ignored = ByteBuffer.allocate(1 << 16);
    try {
      socket.shutdownOutput();
      while (socket.read(ignored.clear()) >= 0) {
        // whatever it says
      }
    } catch (java.net.SocketException e) {
      // closed with bytes of ours unread
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
