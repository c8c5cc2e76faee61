package org.understudy.lab.vm;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * A server that answers each text of statements with what a test wants: the columns of one row,
 * none for no row, "!" and words for an error; a null closes the connection.
 */
final class FakePostgres implements AutoCloseable {
  private final FakeListener listener;
  private final Function<String, List<String>> answer;

  FakePostgres(Function<String, List<String>> answer) throws IOException {
    this.answer = answer;
    listener = new FakeListener(this::serve);
  }

  InetSocketAddress address() {
    return listener.address();
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      in.readNBytes(in.readInt() - Integer.BYTES);
      message(out, 'R', new byte[Integer.BYTES]);
      message(out, 'Z', new byte[] {'I'});
      while (in.read() == 'Q') {
        byte[] text = in.readNBytes(in.readInt() - Integer.BYTES);
        String statements = new String(text, 0, text.length - 1, StandardCharsets.UTF_8);
        List<String> said = answer.apply(statements);
        if (said == null) {
          return;
        }
        if (!said.isEmpty() && said.getFirst().equals("!")) {
          String words = "SERROR\0M" + said.getLast() + "\0\0";
          message(out, 'E', words.getBytes(StandardCharsets.UTF_8));
        } else if (!said.isEmpty()) {
          message(out, 'D', row(said));
        }
        message(out, 'C', "DONE\0".getBytes(StandardCharsets.UTF_8));
        message(out, 'Z', new byte[] {'I'});
      }
    } catch (IOException e) {
      // the client is gone
    }
  }

  private static byte[] row(List<String> columns) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream row = new DataOutputStream(bytes);
    row.writeShort(columns.size());
    for (String column : columns) {
      byte[] text = column.getBytes(StandardCharsets.UTF_8);
      row.writeInt(text.length);
      row.write(text);
    }
    return bytes.toByteArray();
  }

  private static void message(DataOutputStream out, char type, byte[] body) throws IOException {
    out.writeByte(type);
    out.writeInt(body.length + Integer.BYTES);
    out.write(body);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
