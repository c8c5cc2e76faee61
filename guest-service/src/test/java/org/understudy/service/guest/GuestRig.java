package org.understudy.service.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.track.TrackerKind;
import org.understudy.service.ServiceDefinition;

/** A guest on its own thread, an engine that copies it, and a front without sockets. */
final class GuestRig implements AutoCloseable {
  private static final long DEADLINE_NS = 120_000_000_000L;

  final FakeFront front;
  final ServiceGuestFactory factory;
  final Guest guest;
  final ImageHost host;
  private long sequence;

  GuestRig(
      ServiceDefinition definition, long bytes, ServiceSettings settings, TrackerKind tracker) {
    front = new FakeFront();
    factory = new ServiceGuestFactory(definition, bytes, settings, tracker, () -> front);
    guest = factory.create();
    host = new ImageHost(guest);
    guest.start(host);
  }

  /** The guest that goes on from another's image. */
  private GuestRig(GuestRig other, FakeFront front, long inputPosition, long stampNs) {
    this.front = front;
    MappedGuestMemory memory = MappedGuestMemory.anonymous(other.guest.memory().layout());
    memory.segment().copyFrom(java.lang.foreign.MemorySegment.ofArray(other.host.image()));
    factory = other.factory;
    UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
    guest =
        new ServiceGuestFactory(
                definitionOf(other),
                memory.layout().totalBytes(),
                ServiceSettings.DEFAULT,
                TrackerKind.WRITE_BARRIER,
                () -> front)
            .restore(memory, nothing, 0, inputPosition, stampNs);
    host = new ImageHost(guest);
    sequence = inputPosition;
  }

  private static ServiceDefinition definitionOf(GuestRig rig) {
    return rig.factory.description().type().endsWith("churn")
        ? ChurnService.DEFINITION
        : EchoService.DEFINITION;
  }

  /** Restores the last committed state behind this front; not started yet. */
  GuestRig takeOver(FakeFront handedOver) {
    var committed = host.committed();
    ImageHost.Committed last = committed.get(committed.size() - 1);
    return new GuestRig(this, handedOver, last.inputPosition(), last.stampNs());
  }

  void start() {
    guest.start(host);
  }

  /** Offers an input until it is taken; returns its sequence. */
  long input(InputKind kind, long stampNs, long session, byte[] bytes) {
    sequence++;
    await(() -> offer(kind, stampNs, session, bytes), "input is taken");
    return sequence;
  }

  long text(long stampNs, long session, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return input(InputKind.BYTES, stampNs, session, bytes);
  }

  private boolean offer(InputKind kind, long stampNs, long session, byte[] bytes) {
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    return guest.offerInput(sequence, stampNs, kind, session, buffer, 0, bytes.length);
  }

  boolean offerMore(long stampNs, long session, byte[] bytes) {
    sequence++;
    boolean taken = offer(InputKind.BYTES, stampNs, session, bytes);
    if (!taken) {
      sequence--;
    }
    return taken;
  }

  void awaitPosition(long position) {
    await(
        () -> host.committed().stream().anyMatch(cut -> cut.inputPosition() >= position),
        "input " + position + " is committed");
  }

  void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + DEADLINE_NS;
    while (!condition.getAsBoolean()) {
      if (host.failure != null) {
        throw new AssertionError("guest or encoder failed", host.failure);
      }
      assertThat(System.nanoTime()).as("deadline: %s", what).isLessThan(deadline);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  @Override
  public void close() {
    host.close();
  }
}
