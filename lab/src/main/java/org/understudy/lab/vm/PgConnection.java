package org.understudy.lab.vm;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to PostgreSQL that trusts it, and its simple protocol: a text of statements, which
 * are one transaction, and all their rows. The bytes on the wire are this class's own, so that
 * nothing in between opens a connection anew or asks a second time.
 */
final class PgConnection implements AutoCloseable {
  private static final int PROTOCOL = 3 << 16;
  private static final int MAX_BYTES = 16 << 20;
  private static final byte[] USER =
      "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DataOutputStream out;

  /** The server says no, in its own words. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * Connects.
   *
   * @param timeoutMs of each answer too
   */
  PgConnection(InetSocketAddress address, int timeoutMs) throws IOException {
    try {
      socket.connect(address, timeoutMs);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMs);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = new DataOutputStream(socket.getOutputStream());
      ByteArrayOutputStream start = new ByteArrayOutputStream();
      DataOutputStream words = new DataOutputStream(start);
      words.writeInt(2 * Integer.BYTES + USER.length);
      words.writeInt(PROTOCOL);
      words.write(USER);
      out.write(start.toByteArray());
      awaitReady(new ArrayList<>());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Runs statements.
   *
   * @return all their rows, each with its columns as text; null columns are empty
   */
  List<List<String>> query(String statements) throws IOException {
    byte[] text = statements.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    DataOutputStream words = new DataOutputStream(message);
    words.writeByte('Q');
    words.writeInt(Integer.BYTES + text.length + 1);
    words.write(text);
    words.writeByte(0);
    out.write(message.toByteArray());
    List<List<String>> rows = new ArrayList<>();
    awaitReady(rows);
    return rows;
  }

  private void awaitReady(List<List<String>> rows) throws IOException {
    String refusal = null;
    while (true) {
      int type = in.readUnsignedByte();
      int length = in.readInt() - Integer.BYTES;
      if (length < 0 || length > MAX_BYTES) {
        throw new IOException("a message of " + length + " bytes");
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new IOException("the server ended the connection");
      }
      switch (type) {
        case 'D' -> rows.add(row(body));
        case 'E' -> refusal = words(body);
        case 'Z' -> {
          if (refusal != null) {
            throw new RefusedException(refusal);
          }
          return;
        }
        case 'R' -> {
          if (length >= Integer.BYTES && (body[0] | body[1] | body[2] | body[3]) != 0) {
            throw new IOException("the server wants a password");
          }
        }
        default -> {
          // parameters, notices, and what a statement is done with
        }
      }
    }
  }

  private static List<String> row(byte[] body) throws IOException {
    DataInputStream columns = new DataInputStream(new java.io.ByteArrayInputStream(body));
    List<String> row = new ArrayList<>();
    for (int left = columns.readUnsignedShort(); left > 0; left--) {
      int length = columns.readInt();
      row.add(length < 0 ? "" : new String(columns.readNBytes(length), StandardCharsets.UTF_8));
    }
    return row;
  }

  /** Of an error: severity, message and whatever else, each behind a letter. */
  private static String words(byte[] body) {
    String text = "it does not say why";
    int from = 0;
    for (int i = 0; i < body.length; i++) {
      if (body[i] == 0) {
        if (i > from && body[from] == 'M') {
          text = new String(body, from + 1, i - from - 1, StandardCharsets.UTF_8);
        }
        from = i + 1;
      }
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
