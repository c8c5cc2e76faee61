package org.understudy.protocol.link;

import io.aeron.driver.ThreadingMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.CheckpointWriter;
import org.understudy.protocol.wire.SendStatus;
import org.understudy.protocol.wire.WireLimits;

/**
 * Epoch and ack round trips between two links in two threads, with our sizes and with Aeron's
 * defaults, alternating in one run. See docs/benchmarks.md, section Link.
 */
public final class LinkBenchmark {
  private static final int ROUNDS = 2;
  private static final int WARM_UP = 200;
  private static final int MEASURED = 500;

  private LinkBenchmark() {}

  /** Prints one line per variant and size. */
  public static void main(String[] args) throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      variant("chosen sizes, 63 KiB batches", 63 * 1024, c -> c);
      variant("chosen sizes, 255 KiB batches", 255 * 1024, c -> c);
      variant("chosen sizes, 16 MiB terms", 63 * 1024, c -> c.termLength(16 << 20));
      variant("chosen sizes, SHARED driver", 63 * 1024, c -> c.threadingMode(ThreadingMode.SHARED));
      variant("MTU 1408", 63 * 1024, c -> c.mtuLength(LinkConfiguration.MTU_ETHERNET));
      variant("Aeron's sizes, INVOKER", 63 * 1024, LinkBenchmark::aeronSizes);
      variant(
          "Aeron's sizes, DEDICATED (its defaults)",
          63 * 1024,
          c -> aeronSizes(c).threadingMode(ThreadingMode.DEDICATED));
    }
  }

  private static LinkContext aeronSizes(LinkContext context) {
    return context
        .mtuLength(LinkConfiguration.MTU_ETHERNET)
        .termLength(16 << 20)
        .windowLength(LinkConfiguration.WINDOW_LEAST)
        .receiveBufferLength(LinkConfiguration.WINDOW_LEAST)
        .sendBufferLength(HostNetwork.STOCK_BUFFER_MAX);
  }

  private static ReplicationLink open(
      String name,
      String local,
      String peer,
      UnaryOperator<LinkContext> settings,
      LinkListener listener) {
    long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    LinkContext context =
        new LinkContext()
            .node(new NodeId(name, incarnation))
            .localEndpoint(local)
            .peerEndpoint(peer)
            .directoryRoot(Path.of("/dev/shm"));
    ReplicationLink link = new ReplicationLink(settings.apply(context));
    link.listen(listener);
    return link;
  }

  private static final class Backup implements LinkListener, Runnable {
    volatile boolean stop;
    ReplicationLink link;
    private long due = -1;

    @Override
    public void onCheckpointEnd(CheckpointTrailer trailer) {
      due = trailer.epoch;
    }

    @Override
    public void run() {
      IdleStrategy idle = IdleStrategies.forCores(2);
      while (!stop) {
        int work = link.doWork();
        if (due >= 0 && link.sender().ack(due) == SendStatus.SENT) {
          due = -1;
          work++;
        }
        idle.idle(work);
      }
    }
  }

  private static final class Primary implements LinkListener {
    long acked = -1;

    @Override
    public void onAck(long epoch) {
      acked = epoch;
    }
  }

  private static void variant(String name, int batchBytes, UnaryOperator<LinkContext> settings)
      throws InterruptedException {
    String left = LinkPair.freeEndpoint();
    String right = LinkPair.freeEndpoint();
    Primary primary = new Primary();
    Backup backup = new Backup();
    try (ReplicationLink link = open("primary", left, right, settings, primary);
        ReplicationLink other = open("backup", right, left, settings, backup)) {
      backup.link = other;
      link.session().bind(1, 1);
      other.session().bind(1, 1);
      Thread thread = new Thread(backup, "backup");
      thread.start();
      Sender sender = new Sender(link, primary, batchBytes);
      sender.await(() -> link.isConnected() && link.isPeerThere());
      String small = sender.roundTrips(64);
      String large = sender.roundTrips(1 << 20);
      System.out.printf("%-42s 64 B %s us   1 MiB %s us%n", name, small, large);
      backup.stop = true;
      thread.join();
    }
  }

  private static final class Sender {
    private final ReplicationLink link;
    private final Primary primary;
    private final int batchBytes;
    private final IdleStrategy idle = IdleStrategies.forCores(2);
    private final UnsafeBuffer buffer =
        new UnsafeBuffer(ByteBuffer.allocateDirect(WireLimits.MAX_MESSAGE_BYTES));
    private final CheckpointWriter writer = new CheckpointWriter();
    private final CheckpointTrailer trailer = new CheckpointTrailer();
    private long epoch;

    Sender(ReplicationLink link, Primary primary, int batchBytes) {
      this.link = link;
      this.primary = primary;
      this.batchBytes = batchBytes;
    }

    void await(BooleanSupplier condition) {
      while (!condition.getAsBoolean()) {
        idle.idle(link.doWork());
      }
    }

    String roundTrips(int bytes) {
      long[] ns = new long[MEASURED];
      for (int i = -WARM_UP; i < MEASURED; i++) {
        long start = System.nanoTime();
        long current = epoch++;
        send(writer.begin(buffer, 0, current, CheckpointKind.CHECKPOINT, 0, -1));
        for (int sent = 0; sent < bytes; sent += batchBytes) {
          send(writer.batch(buffer, 0, Math.min(batchBytes, bytes - sent)));
        }
        send(writer.end(buffer, 0, trailer));
        await(() -> primary.acked >= current);
        if (i >= 0) {
          ns[i] = System.nanoTime() - start;
        }
      }
      Arrays.sort(ns);
      return String.format(
          "p50 %5d p90 %5d p99 %6d",
          ns[MEASURED / 2] / 1000, ns[MEASURED * 9 / 10] / 1000, ns[MEASURED * 99 / 100] / 1000);
    }

    private void send(int length) {
      await(() -> link.sender().send(buffer, 0, length).sent());
    }
  }
}
