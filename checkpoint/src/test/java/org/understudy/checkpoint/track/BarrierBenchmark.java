package org.understudy.checkpoint.track;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.checkpoint.memory.RegionLayout;

/**
 * What the barrier adds to an 8-byte put at a random aligned place: plain, with the barrier but
 * tracking off, and armed in the middle of an epoch (no first writes).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 25, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED"
    })
public class BarrierBenchmark {
  @Param({"268435456"})
  public long bytes;

  private GuestMemory memory;
  private UnsafeBuffer buffer;
  private WriteBarrier off;
  private WriteBarrier armed;
  private long random = 1;

  /** Writes every page once, so that neither page faults nor first writes are measured. */
  @Setup(Level.Trial)
  public void map() {
    memory = MappedGuestMemory.anonymous(RegionLayout.of("benchmark", bytes));
    buffer = new UnsafeBuffer(memory.address(), (int) bytes);
    off = new WriteBarrier(memory);
    armed = new WriteBarrier(memory);
    armed.start();
    for (int offset = 0; offset < bytes; offset += TrackedGuest.PAGE) {
      armed.beforeWrite(offset, Long.BYTES);
      buffer.putLong(offset, offset);
    }
  }

  @TearDown(Level.Trial)
  public void unmap() {
    off.close();
    armed.close();
    memory.close();
  }

  private int nextOffset() {
    random = random * 6364136223846793005L + 1442695040888963407L;
    return (int) ((random >>> 33) & (bytes - 1) & -Long.BYTES);
  }

  @Benchmark
  public void plain() {
    int offset = nextOffset();
    buffer.putLong(offset, random);
  }

  @Benchmark
  public void trackingOff() {
    int offset = nextOffset();
    off.beforeWrite(offset, Long.BYTES);
    buffer.putLong(offset, random);
  }

  @Benchmark
  public void armed() {
    int offset = nextOffset();
    armed.beforeWrite(offset, Long.BYTES);
    buffer.putLong(offset, random);
  }
}
