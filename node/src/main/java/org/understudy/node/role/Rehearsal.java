package org.understudy.node.role;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Guest;
import org.understudy.checkpoint.guest.GuestFactory;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.guest.UnprotectedHost;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;

/**
 * A small takeover before it is needed: a guest of the configured type is restored on a little
 * memory and fed with inputs, then thrown away. It shows that a restore works here at all, and the
 * first real one does not wait for classes to be loaded and compiled.
 */
final class Rehearsal {
  private static final int INPUTS = 3_000;
  private static final long SESSION = 1;
  private static final long LIMIT_NS = 5_000_000_000L;
  private static final long PAUSE_NS = 100_000;
  private static final String[] COMMANDS = {
    "*3\r\n$3\r\nSET\r\n$4\r\nk%03d\r\n$5\r\nvalue\r\n",
    "*2\r\n$3\r\nGET\r\n$4\r\nk%03d\r\n",
    "*2\r\n$4\r\nINCR\r\n$4\r\nn%03d\r\n",
    "*3\r\n$6\r\nAPPEND\r\n$4\r\na%03d\r\n$2\r\nxy\r\n",
  };

  private final Guest guest;
  private final long deadlineNs = System.nanoTime() + LIMIT_NS;
  private final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
  private long sequence;

  private Rehearsal(Guest guest) {
    this.guest = guest;
  }

  /** Rehearses; whatever goes wrong is thrown, so that it shows now and not at a takeover. */
  static void run(GuestFactory factory) {
    UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
    GuestMemory copy = MappedGuestMemory.anonymous(factory.description().layout());
    try (Guest first = factory.create()) {
      copy.segment().copyFrom(first.memory().segment());
    }
    try (Guest restored = factory.restore(copy, nothing, 0, 0, 0)) {
      UnprotectedHost host = new UnprotectedHost();
      restored.start(host);
      new Rehearsal(restored).feed();
      if (host.failure() != null) {
        throw new IllegalStateException(
            "a restored guest fails on this node: " + host.failure(), host.failure());
      }
    }
  }

  private void feed() {
    offer(InputKind.SESSION_OPENED, nothing);
    for (int i = 0; i < INPUTS; i++) {
      String command = COMMANDS[i % COMMANDS.length].formatted(i % 1_000);
      offer(InputKind.BYTES, new UnsafeBuffer(command.getBytes(StandardCharsets.ISO_8859_1)));
    }
    while (guest.queuedInputs() > 0 && System.nanoTime() - deadlineNs < 0) {
      LockSupport.parkNanos(PAUSE_NS);
    }
  }

  private void offer(InputKind kind, DirectBuffer bytes) {
    sequence++;
    while (!guest.offerInput(sequence, sequence, kind, SESSION, bytes, 0, bytes.capacity())
        && System.nanoTime() - deadlineNs < 0) {
      LockSupport.parkNanos(PAUSE_NS);
    }
  }
}
