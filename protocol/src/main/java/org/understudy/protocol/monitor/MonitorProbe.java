package org.understudy.protocol.monitor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.seal.SealIdentity;

/** Asks once who is at a monitor's address; for a start that would override the one there. */
public final class MonitorProbe {
  /**
   * What was found.
   *
   * @param isConnected something accepts connections there
   * @param node who said hello, or null: a process that stands still accepts and says nothing
   */
  public record Answer(boolean isConnected, NodeId node) {
    /** Nobody listens there, or no way leads there. */
    public static final Answer NOBODY = new Answer(false, null);
  }

  private MonitorProbe() {}

  /**
   * Connects, says hello and waits for the other one's, each at most so long; once with each key.
   * Blocks.
   *
   * @param seal how both prove who they are; null where nothing is sealed
   */
  public static Answer ask(
      InetSocketAddress address, String pairId, NodeId self, SealIdentity seal, int timeoutMs) {
    Greeting greeting = new Greeting(new MonitorHello(pairId, self), seal, System::nanoTime);
    Answer answer = ask(address, greeting.ask(), timeoutMs);
    for (int i = 1; seal != null && i < seal.keys().size() && answer.node() == null; i++) {
      Answer next = ask(address, greeting.ask(), timeoutMs);
      // Who took one connection is there, whatever becomes of those with other keys.
      answer = next.isConnected() ? next : answer;
    }
    return answer;
  }

  private static Answer ask(InetSocketAddress address, Greeting.Question question, int timeoutMs) {
    try (Socket socket = new Socket()) {
      socket.connect(address, timeoutMs);
      if (socket.getLocalSocketAddress().equals(socket.getRemoteSocketAddress())) {
        return Answer.NOBODY; // without a listener a local connect can meet itself
      }
      socket.setSoTimeout(timeoutMs);
      socket.getOutputStream().write(question.line());
      return new Answer(true, readHello(socket.getInputStream(), question));
    } catch (IOException e) {
      return Answer.NOBODY;
    }
  }

  private static NodeId readHello(InputStream in, Greeting.Question question) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b >= 0 && b != '\n' && line.size() < Greeting.MAX_BYTES; ) {
        line.write(b);
        b = in.read();
      }
    } catch (IOException e) {
      return null; // silent for too long, or reset: it does not know this pair
    }
    MonitorHello hello = question.read(line.toByteArray());
    return hello == null ? null : hello.node();
  }
}
