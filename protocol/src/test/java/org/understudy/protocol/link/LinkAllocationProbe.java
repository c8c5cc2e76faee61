package org.understudy.protocol.link;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.pair.ownership.NodeId;
import org.understudy.protocol.codecs.CheckpointKind;
import org.understudy.protocol.codecs.InputKind;
import org.understudy.protocol.codecs.NodeRole;
import org.understudy.protocol.wire.CheckpointTrailer;
import org.understudy.protocol.wire.CheckpointWriter;
import org.understudy.protocol.wire.SendStatus;

/**
 * One thread drives both links, drivers and clients; what it allocates per epoch and input is what
 * an agent's thread would. A program of its own: in a JVM that has run other tests the compiler may
 * know too many types to leave out short-lived objects.
 */
final class LinkAllocationProbe {
  /** Starts the line of the result. */
  static final String RESULT = "bytes per epoch: ";

  private static final int WINDOW = 2_000;

  /** The compiler decides when the state is steady: code that is still cold may box or copy. */
  private static final int MAX_WINDOWS = 30;

  private static final int BATCH_BYTES = 20_000;

  private final Path root;

  private static final class Counting implements LinkListener {
    long messages;
    long ackedEpoch = -1;

    @Override
    public void onPageBatch(long epoch, int index, DirectBuffer buffer, int offset, int length) {
      messages++;
    }

    @Override
    public void onCheckpointEnd(CheckpointTrailer trailer) {
      messages += trailer.checksum == trailer.receivedChecksum ? 1 : 0;
    }

    @Override
    public void onAck(long epoch) {
      ackedEpoch = epoch;
    }

    @Override
    public void onInput(
        long sequence,
        long stampNs,
        InputKind kind,
        long sessionId,
        DirectBuffer buffer,
        int offset,
        int length) {
      messages++;
    }
  }

  private final Counting primaryEvents = new Counting();
  private final Counting backupEvents = new Counting();
  private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(1 << 16));
  private final CheckpointWriter writer = new CheckpointWriter();
  private final CheckpointTrailer trailer = new CheckpointTrailer();
  private final Offer ack = this::ack;
  private final Offer input = this::input;
  private final Offer heartbeat = this::heartbeat;
  private ReplicationLink primary;
  private ReplicationLink backup;
  private long epoch;

  private ReplicationLink open(String name, String local, String peer, LinkListener listener) {
    long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    ReplicationLink link =
        new ReplicationLink(
            new LinkContext()
                .node(new NodeId(name, incarnation))
                .localEndpoint(local)
                .peerEndpoint(peer)
                .mtuLength(LinkConfiguration.MTU_ETHERNET)
                .directoryRoot(root));
    link.listen(listener);
    return link;
  }

  private LinkAllocationProbe(Path root) {
    this.root = root;
  }

  /** Prints the bytes per epoch of the last window; the argument is a directory for the drivers. */
  public static void main(String[] arguments) {
    System.out.println(RESULT + new LinkAllocationProbe(Path.of(arguments[0])).bytesPerEpoch());
  }

  private long bytesPerEpoch() {
    String left = LinkPair.freeEndpoint();
    String right = LinkPair.freeEndpoint();
    try (ReplicationLink p = open("primary", left, right, primaryEvents);
        ReplicationLink b = open("backup", right, left, backupEvents)) {
      primary = p;
      backup = b;
      while (!(p.isConnected() && b.isConnected() && p.isPeerThere() && b.isPeerThere())) {
        cycle();
      }
      p.session().bind(1, 1);
      b.session().bind(1, 1);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long allocated = Long.MAX_VALUE;
      for (int window = 0; window < MAX_WINDOWS && allocated / WINDOW > 0; window++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        epochs(WINDOW);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        System.out.println("window: " + allocated + " bytes over " + WINDOW + " epochs and inputs");
      }
      if (backupEvents.messages != 2 * epoch) {
        throw new IllegalStateException(backupEvents.messages + " messages of " + 2 * epoch);
      }
      return allocated / WINDOW;
    }
  }

  private void epochs(int count) {
    for (int i = 0; i < count; i++) {
      long current = epoch++;
      send(writer.begin(buffer, 0, current, CheckpointKind.CHECKPOINT, 0, -1));
      send(writer.batch(buffer, 0, BATCH_BYTES));
      send(writer.end(buffer, 0, trailer));
      while (backupEvents.messages < 2 * epoch) {
        cycle();
      }
      retry(ack);
      retry(input);
      retry(heartbeat);
      while (primaryEvents.ackedEpoch < current || primaryEvents.messages < epoch) {
        cycle();
      }
    }
  }

  private void send(int length) {
    while (primary.sender().send(buffer, 0, length) != SendStatus.SENT) {
      cycle();
    }
  }

  private interface Offer {
    SendStatus offer();
  }

  private SendStatus ack() {
    return backup.sender().ack(epoch - 1);
  }

  private SendStatus input() {
    return backup.sender().input(epoch, 0, InputKind.BYTES, 1, buffer, 0, 100);
  }

  private SendStatus heartbeat() {
    return backup.sender().heartbeat(NodeRole.BACKUP, 1);
  }

  private void retry(Offer offer) {
    while (!offer.offer().sent()) {
      cycle();
    }
  }

  private void cycle() {
    primary.doWork();
    backup.doWork();
  }
}
