package org.understudy.lab.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.understudy.lab.judge.History;
import org.understudy.lab.judge.HistoryWriter;
import org.understudy.lab.judge.Reply;

/** Reads every key of a history through the front after the load has ended. */
public final class FinalDump {
  /** Keys asked for at once: enough to hide the time that output is held. */
  private static final int BATCH = 500;

  private static final int TIMEOUT_MS = 30_000;

  private FinalDump() {}

  /**
   * Reads all keys and puts them into the history.
   *
   * @param recorder takes each key; null for none
   * @param clock the run's clock, in nanoseconds
   */
  public static void read(
      InetSocketAddress address,
      History history,
      HistoryWriter recorder,
      java.util.function.LongSupplier clock)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      ReplyParser parser = new ReplyParser();
      for (int from = 0; from < history.keys(); from += BATCH) {
        int to = Math.min(from + BATCH, history.keys());
        long invokeNs = clock.getAsLong();
        List<Reply> replies = ask(socket, parser, history, from, to);
        long returnNs = clock.getAsLong();
        for (int key = from; key < to; key++) {
          Reply reply = replies.get(key - from);
          history.finalRead(key, reply);
          if (recorder != null) {
            recorder.finalRead(history.key(key), invokeNs, returnNs, reply);
          }
        }
      }
    }
  }

  private static List<Reply> ask(
      Socket socket, ReplyParser parser, History history, int from, int to) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    for (int key = from; key < to; key++) {
      byte[] name = history.key(key).getBytes(StandardCharsets.ISO_8859_1);
      request.writeBytes(
          ("*2\r\n$3\r\nGET\r\n$" + name.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      request.writeBytes(name);
      request.writeBytes(new byte[] {'\r', '\n'});
    }
    socket.getOutputStream().write(request.toByteArray());
    List<Reply> replies = new ArrayList<>(to - from);
    byte[] buffer = new byte[64 << 10];
    while (replies.size() < to - from) {
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        throw new IOException("the front closed the connection of the final dump");
      }
      parser.receive(ByteBuffer.wrap(buffer, 0, count), replies::add);
    }
    return replies;
  }
}
