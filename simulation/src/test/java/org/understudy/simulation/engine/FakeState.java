package org.understudy.simulation.engine;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.checkpoint.memory.RegionSpec;

/**
 * The state of the fake guest: all in its memory, and a function of how many steps it made and
 * which inputs it took. Each step writes to random places in every region.
 */
final class FakeState {
  static final long MIB = 1 << 20;

  /** Bytes at the start of memory: steps, last input, inputs taken. */
  private static final int STEPS = 0;

  private static final int LAST_INPUT = 8;
  private static final int INPUTS = 16;
  private static final int SEED = 24;

  /** Of these only the words above are ever written. */
  static final int HEADER_BYTES = 4096;

  private static final int WRITES_PER_STEP = 6;

  private final GuestMemory memory;
  private final BiConsumer<Long, Long> beforeWrite;
  private final List<Long> regionStarts = new ArrayList<>();

  FakeState(GuestMemory memory, BiConsumer<Long, Long> beforeWrite) {
    this.memory = memory;
    this.beforeWrite = beforeWrite;
    long at = 0;
    for (RegionSpec region : memory.layout().regions()) {
      regionStarts.add(at);
      at += region.lengthBytes();
    }
  }

  static RegionLayout layout(long ramBytes) {
    return new RegionLayout(
        List.of(
            new RegionSpec("ram", ramBytes),
            new RegionSpec("video", 16 * 4096),
            new RegionSpec("rom", 4096)));
  }

  void seed(long seed) {
    put(SEED, seed);
  }

  /** One step: the next number, and random writes that follow from it. */
  long step() {
    long step = get(STEPS) + 1;
    put(STEPS, step);
    Random random = new Random(get(SEED) * 31 + step);
    for (int i = 0; i < WRITES_PER_STEP; i++) {
      int region = random.nextInt(regionStarts.size());
      long bytes = memory.layout().regions().get(region).lengthBytes();
      // Most of a large region stays untouched, as in a real guest.
      long touched = Math.min(bytes, 4 * MIB);
      long start = region == 0 && random.nextInt(8) == 0 ? bytes - touched : 0;
      long offset = start + (random.nextInt((int) (touched / 8)) * 8L);
      if (region > 0 || offset >= HEADER_BYTES) {
        put(regionStarts.get(region) + offset, random.nextLong());
      }
    }
    return step;
  }

  /** Takes an input: exactly once and in order, or an exception. */
  void input(long sequence) {
    if (sequence != lastInput() + 1) {
      throw new IllegalStateException("input " + sequence + " after " + lastInput());
    }
    put(LAST_INPUT, sequence);
    put(INPUTS, get(INPUTS) + 1);
  }

  long steps() {
    return get(STEPS);
  }

  long lastInput() {
    return get(LAST_INPUT);
  }

  /** Inputs of the guest's life, in replies to clients. */
  long inputs() {
    return get(INPUTS);
  }

  void localInput() {
    put(INPUTS, get(INPUTS) + 1);
  }

  private long get(long at) {
    return memory.segment().get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, at);
  }

  private void put(long at, long value) {
    beforeWrite.accept(at, (long) Long.BYTES);
    memory.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, at, value);
  }

  /** Opaque device state of this instant: the numbers again, and bytes that follow from them. */
  UnsafeBuffer deviceState(int fillerBytes) {
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[16 + fillerBytes]);
    buffer.putLong(0, steps(), ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(8, lastInput(), ByteOrder.LITTLE_ENDIAN);
    fill(buffer, steps());
    return buffer;
  }

  private static void fill(MutableDirectBuffer buffer, long seed) {
    byte[] filler = new byte[buffer.capacity() - 16];
    new Random(seed).nextBytes(filler);
    buffer.putBytes(16, filler);
  }

  /** Device state, input position and memory are of one instant, or this throws. */
  void requireSameInstant(UnsafeBuffer deviceState, long inputPosition) {
    UnsafeBuffer expected = deviceState(deviceState.capacity() - 16);
    if (!expected.equals(deviceState) || inputPosition != lastInput()) {
      throw new IllegalStateException(
          "memory is at step %d and input %d, device state at step %d and input %d, position %d"
              .formatted(
                  steps(),
                  lastInput(),
                  deviceState.getLong(0, ByteOrder.LITTLE_ENDIAN),
                  deviceState.getLong(8, ByteOrder.LITTLE_ENDIAN),
                  inputPosition));
    }
  }
}
