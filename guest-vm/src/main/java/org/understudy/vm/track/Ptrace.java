package org.understudy.vm.track;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.understudy.host.LinuxCalls;

/** The thread of another process, held by {@code ptrace}; all calls from one platform thread. */
final class Ptrace implements AutoCloseable {
  private static final long SYS_PTRACE = 101;
  private static final long SINGLESTEP = 9;
  private static final long CONT = 7;
  private static final long GETREGS = 12;
  private static final long SETREGS = 13;
  private static final long DETACH = 17;
  private static final long SEIZE = 0x4206;
  private static final long INTERRUPT = 0x4207;
  private static final long GETSIGMASK = 0x420A;
  private static final long SETSIGMASK = 0x420B;
  private static final int WALL = 0x40000000;
  private static final int NO_HANG = 1;
  private static final long LOOK_NS = 100_000;
  private static final int EVENT_STOP = 128;
  private static final int STOPPED = 0x7F;
  private static final int SIGTRAP = 5;
  private static final long ALL_BUT_SIGTRAP = ~(1L << (SIGTRAP - 1));

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      handle(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"),
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle WAITPID =
      handle(
          "waitpid",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment callState = arena.allocate(CALL_STATE);
  private final MemorySegment word = arena.allocate(JAVA_LONG);
  private final long tid;
  private boolean held;

  private Ptrace(long tid) {
    this.tid = tid;
  }

  /**
   * Stops the thread wherever it is, in a system call too, without a signal.
   *
   * @throws TrackingException where it did not stop in time; it is let go when this process ends
   */
  static Ptrace stop(long tid, long deadlineNs) {
    Ptrace thread = new Ptrace(tid);
    try {
      thread.request(SEIZE, 0, 0, "PTRACE_SEIZE");
      thread.held = true;
      thread.request(INTERRUPT, 0, 0, "PTRACE_INTERRUPT");
      int status = thread.awaitStop(deadlineNs);
      while (status >> 16 != EVENT_STOP) {
        // a signal was on its way: it is delivered first
        thread.request(CONT, 0, status >> 8 & 0xFF, "PTRACE_CONT");
        status = thread.awaitStop(deadlineNs);
      }
      return thread;
    } catch (RuntimeException | Error e) {
      try {
        thread.close();
      } catch (TrackingException notStopped) {
        e.addSuppressed(notStopped);
      }
      throw e;
    }
  }

  CpuRegisters registers() {
    CpuRegisters registers = new CpuRegisters(arena);
    request(GETREGS, 0, registers.address(), "PTRACE_GETREGS");
    return registers;
  }

  void registers(CpuRegisters registers) {
    request(SETREGS, 0, registers.address(), "PTRACE_SETREGS");
  }

  /** Keeps signals back while the thread does not run its own code; returns the mask before. */
  long blockSignals() {
    request(GETSIGMASK, Long.BYTES, word.address(), "PTRACE_GETSIGMASK");
    long before = word.get(JAVA_LONG, 0);
    signalMask(ALL_BUT_SIGTRAP);
    return before;
  }

  void signalMask(long mask) {
    word.set(JAVA_LONG, 0, mask);
    request(SETSIGMASK, Long.BYTES, word.address(), "PTRACE_SETSIGMASK");
  }

  /** Runs one instruction. */
  void step() {
    request(SINGLESTEP, 0, 0, "PTRACE_SINGLESTEP");
    int status = await();
    if (status >> 8 != SIGTRAP) {
      throw new TrackingException("a step ended with status 0x" + Integer.toHexString(status));
    }
  }

  /** As long as it takes: a thread whose registers are not its own is not let go. */
  private int await() {
    wait(0);
    return status();
  }

  private int awaitStop(long deadlineNs) {
    while (wait(NO_HANG) == 0) {
      if (System.nanoTime() - deadlineNs >= 0) {
        throw new TrackingException("thread " + tid + " did not stop in time");
      }
      LockSupport.parkNanos(LOOK_NS);
    }
    return status();
  }

  private int wait(int options) {
    int result;
    try {
      result = (int) WAITPID.invokeExact(callState, (int) tid, word, WALL | options);
    } catch (Throwable e) {
      throw new TrackingException("calling waitpid failed", e);
    }
    if (result < 0) {
      throw failed("waitpid");
    }
    return result;
  }

  private int status() {
    int status = word.get(JAVA_INT, 0);
    if ((status & 0xFF) != STOPPED) {
      held = false;
      throw new TrackingException("the process ended, status 0x" + Integer.toHexString(status));
    }
    return status;
  }

  private void request(long request, long address, long data, String name) {
    long result;
    try {
      result = (long) SYSCALL.invokeExact(callState, SYS_PTRACE, request, tid, address, data);
    } catch (Throwable e) {
      throw new TrackingException("calling ptrace failed", e);
    }
    if (result < 0) {
      throw failed(name);
    }
  }

  private TrackingException failed(String name) {
    int errno = (int) ERRNO.get(callState, 0L);
    return new TrackingException(name + " of " + tid + ": " + LinuxCalls.describe(errno));
  }

  /** Lets the thread run on, untraced. */
  @Override
  public void close() {
    try {
      if (held) {
        held = false;
        request(DETACH, 0, 0, "PTRACE_DETACH");
      }
    } finally {
      arena.close();
    }
  }

  @SuppressWarnings("restricted") // native access is this class's purpose
  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    MemorySegment symbol = LINKER.defaultLookup().find(name).orElseThrow();
    return LINKER.downcallHandle(symbol, descriptor, options);
  }
}
