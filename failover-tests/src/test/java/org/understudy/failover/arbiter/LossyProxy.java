package org.understudy.failover.arbiter;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands before a member of ZooKeeper: passes its frames on, and ends a connection in place of the
 * answer to one request of a kind. A frame is its length, then of a request its number and kind, of
 * an answer its number.
 */
final class LossyProxy implements AutoCloseable {
  /** The kind of a request that writes a node. */
  static final int SET_DATA = 5;

  private static final int NOTHING = 0;

  /** No request has it: theirs are of 32 bits. */
  private static final long NO_NUMBER = Long.MIN_VALUE;

  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  private final InetSocketAddress member;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile int lostKind = NOTHING;

  LossyProxy(String member) throws IOException {
    int colon = member.indexOf(':');
    int port = Integer.parseInt(member.substring(colon + 1));
    this.member = new InetSocketAddress(member.substring(0, colon), port);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.submit(this::accept);
  }

  String endpoint() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** The next request of this kind is carried out; whoever asked hears nothing. */
  void loseTheAnswerTo(int kind) {
    lostKind = kind;
  }

  private Void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket behind = new Socket(member.getAddress(), member.getPort());
      Connection connection = new Connection(client, behind);
      threads.submit(connection::passRequests);
      threads.submit(connection::passAnswers);
    }
  }

  private final class Connection {
    private final Socket client;
    private final Socket member;
    private volatile long lostNumber = NO_NUMBER;

    Connection(Socket client, Socket member) {
      this.client = client;
      this.member = member;
    }

    Void passRequests() throws IOException {
      try (client;
          member) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(member.getOutputStream());
        boolean isGreeting = true;
        while (true) {
          byte[] frame = in.readNBytes(in.readInt());
          ByteBuffer header = ByteBuffer.wrap(frame);
          if (!isGreeting && lostKind != NOTHING && frame.length >= HEADER_BYTES) {
            int number = header.getInt();
            if (header.getInt() == lostKind) {
              lostKind = NOTHING;
              lostNumber = number;
            }
          }
          isGreeting = false;
          send(out, frame);
        }
      }
    }

    Void passAnswers() throws IOException {
      try (client;
          member) {
        DataInputStream in = new DataInputStream(member.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        while (true) {
          byte[] frame = in.readNBytes(in.readInt());
          if (ByteBuffer.wrap(frame).getInt() == lostNumber) {
            return null;
          }
          send(out, frame);
        }
      }
    }

    private static void send(DataOutputStream out, byte[] frame) throws IOException {
      out.writeInt(frame.length);
      out.write(frame);
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
