package org.understudy.service.front;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.InputKind;

/**
 * A front in a process of its own, which may open few files. It echoes what it is sent and says
 * what it sees: its port, how many clients it had when one could not be taken, and how many when it
 * could take another one, after other files were closed and no client had left; or, where all are
 * answered or refused, that it can still open files.
 */
final class FrontInChild {
  private static final int OTHER_FILES = 24;

  private FrontInChild() {}

  /** Arguments: the limit that the front believes in (0 for the real one), and the clients. */
  public static void main(String[] args) throws IOException {
    long limit = Long.parseLong(args[0]);
    int clients = Integer.parseInt(args[1]);
    FrontSettings settings = FrontSettings.of(new InetSocketAddress("127.0.0.1", 0));
    TcpFront front = new TcpFront(settings, limit == 0 ? Descriptors.limit() : limit);
    ClientFront.Sink sink =
        (kind, session, buffer, offset, length) -> {
          if (kind == InputKind.BYTES) {
            front.send(session, buffer, offset, length);
          }
          return true;
        };
    List<FileInputStream> files = limit == 0 ? List.of() : open(OTHER_FILES);
    front.startAccepting(1);
    System.out.println("port " + front.address().getPort());
    int before = -1;
    while (true) {
      if (front.poll(sink) == 0) {
        front.awaitReady(TimeUnit.MILLISECONDS.toNanos(10));
      }
      if (before < 0 && front.isHeldUp()) {
        before = front.sessions();
        System.out.println("held up at " + before);
        for (FileInputStream file : files) {
          file.close();
        }
      } else if (before >= 0 && front.sessions() > before) {
        System.out.println("went on");
        before = Integer.MAX_VALUE;
      } else if (limit == 0 && front.sessions() + front.clientsRefused() == clients) {
        open(Descriptors.RESERVE / 2).forEach(FrontInChild::close);
        System.out.println("served " + front.sessions());
        limit = -1;
      }
    }
  }

  private static List<FileInputStream> open(int count) throws IOException {
    List<FileInputStream> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      files.add(new FileInputStream("/dev/null"));
    }
    return files;
  }

  private static void close(FileInputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
