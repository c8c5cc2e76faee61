package org.understudy.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.understudy.node.control.GuestOrder.Wish;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** Asks the node that runs in a directory. */
public final class ControlClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ControlClient() {}

  /**
   * Gives an order and waits for its outcome.
   *
   * @param progress takes each step before the last one
   * @return the last step
   */
  public static JsonNode order(
      Wish wish, Path directory, long timeoutMs, Consumer<JsonNode> progress) {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    try (SocketChannel channel = connect(directory)) {
      String request = JSON.createObjectNode().put("command", wish.word()) + "\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      LineChannel lines = new LineChannel(channel);
      while (true) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        JsonNode step = JSON.readTree(lines.next(Math.max(1, leftMs)));
        if (!step.path("outcome").asText().equals("running")) {
          return step;
        }
        progress.accept(step);
      }
    } catch (SocketTimeoutException e) {
      throw new UserError(
          ExitCode.FAILED,
          "no outcome within "
              + timeoutMs
              + " ms; the order stands: see status.json of both nodes for the owner",
          e);
    } catch (EOFException e) {
      throw new UserError(
          ExitCode.FAILED,
          "the node ended the conversation; see status.json of both nodes for the owner",
          e);
    } catch (IOException e) {
      throw new UserError(ExitCode.FAILED, "the node cannot be asked: " + e, e);
    }
  }

  private static SocketChannel connect(Path directory) {
    Path path = directory.resolve(ControlServer.SOCKET);
    if (!Files.exists(path)) {
      throw new UserError(
          ExitCode.REFUSED, "no node runs in " + directory + ": there is no " + path);
    }
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(path));
    } catch (SocketException e) {
      throw new UserError(
          ExitCode.REFUSED,
          "no node can be asked in "
              + directory
              + " ("
              + e.getMessage()
              + "): only the user that"
              + " runs the node may ask it, while it runs",
          e);
    } catch (IOException e) {
      throw new UserError(ExitCode.REFUSED, "no node can be asked in " + directory + ": " + e, e);
    }
  }
}
