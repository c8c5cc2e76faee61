package org.understudy.node.save;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;

/** Guests for tests that save them. */
public final class SavedGuests {
  static final byte[] DEVICE = {1, 2, 3, 4, 5};

  private SavedGuests() {}

  /** Saves one of three MiB. */
  public static SavedGuest save(SaveDirectory directory, NodeId by, Register register)
      throws IOException {
    try (Arena arena = Arena.ofShared()) {
      GuestWriter writer = new GuestWriter(directory, by, description(3 << 20), () -> {});
      if (writer.obstacle() != null) {
        throw new IOException(writer.obstacle());
      }
      writer.begin(register, filled(arena), capture());
      if (!outcome(writer).isEmpty()) {
        throw new IOException(outcome(writer));
      }
    }
    return directory.find().orElseThrow();
  }

  static GuestDescription description(long bytes) {
    return new GuestDescription("service/x", 2, RegionLayout.of("service", bytes), false, true);
  }

  static GuestMemory memory(Arena arena, long bytes) {
    RegionLayout layout = RegionLayout.of("service", bytes);
    MemorySegment segment = arena.allocate(bytes, 4096);
    return new GuestMemory() {
      @Override
      public RegionLayout layout() {
        return layout;
      }

      @Override
      public long address() {
        return segment.address();
      }

      @Override
      public MemorySegment segment() {
        return segment;
      }

      @Override
      public void close() {}
    };
  }

  /** Of a capture a writer needs no more than this. */
  static Capture capture() {
    return (Capture)
        Proxy.newProxyInstance(
            Capture.class.getClassLoader(),
            new Class<?>[] {Capture.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "deviceState" -> new UnsafeBuffer(DEVICE);
                  case "deviceStateLength" -> DEVICE.length;
                  case "inputPosition" -> 41L;
                  case "stampNs" -> 4_711L;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  static String outcome(GuestWriter writer) {
    while (writer.outcome().isEmpty()) {
      LockSupport.parkNanos(1_000_000);
    }
    return writer.outcome().get();
  }

  /** Three slices, the one in the middle all zero. */
  static GuestMemory filled(Arena arena) {
    GuestMemory memory = memory(arena, 3 << 20);
    for (long at = 0; at < 1 << 20; at += 8) {
      memory.segment().set(ValueLayout.JAVA_LONG, at, at * 0x9E3779B97F4A7C15L);
      memory.segment().set(ValueLayout.JAVA_LONG, at + (2 << 20), ~at);
    }
    return memory;
  }
}
