package org.understudy.vm.track;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.understudy.host.LinuxCallException;
import org.understudy.host.LinuxCalls;

/**
 * System calls made by a stopped thread of another process; when closed the thread goes on as if
 * nothing had been.
 */
final class RemoteCalls implements AutoCloseable {
  private static final long SYS_MMAP = 9;
  private static final long SYS_MUNMAP = 11;
  private static final long READ_WRITE = 3;
  private static final long PRIVATE_ANONYMOUS = 0x22;
  private static final int SCRATCH_BYTES = 4096;

  private final Arena arena = Arena.ofConfined();
  private final Ptrace thread;
  private final RandomAccessFile memory;
  private final long instruction;
  private final CpuRegisters before;
  private final CpuRegisters call = new CpuRegisters(arena);
  private final long signalsBefore;
  private final long deadlineNs;
  private long scratch;

  /**
   * @param deadlineNs until which the thread must have stopped, and calls may begin
   */
  RemoteCalls(long pid, long deadlineNs) {
    this.deadlineNs = deadlineNs;
    if (!System.getProperty("os.arch").equals("amd64")) {
      throw new TrackingException("calls in another process are only known for x86-64");
    }
    try {
      memory = new RandomAccessFile("/proc/" + pid + "/mem", "rw");
      instruction = findSyscall(pid);
    } catch (IOException e) {
      throw new TrackingException("cannot open the memory of process " + pid + ": " + e, e);
    }
    thread = Ptrace.stop(pid, deadlineNs);
    try {
      before = thread.registers();
      signalsBefore = thread.blockSignals();
    } catch (RuntimeException | Error e) {
      thread.close();
      throw e;
    }
  }

  /** Any place with the instruction will do; the kernel's own page in the process has it. */
  private long findSyscall(long pid) throws IOException {
    ProcessMaps.Mapping vdso = ProcessMaps.of(pid).named("[vdso]");
    byte[] code = new byte[(int) vdso.bytes()];
    memory.seek(vdso.start());
    memory.readFully(code);
    for (int i = 0; i + 1 < code.length; i++) {
      if (code[i] == 0x0F && code[i + 1] == 0x05) {
        return vdso.start() + i;
      }
    }
    throw new TrackingException("no system call instruction in the vdso of process " + pid);
  }

  /** Makes a call and returns its result; throws for an error, and where it is too late for one. */
  long call(String what, long number, long... arguments) {
    if (System.nanoTime() - deadlineNs >= 0) {
      throw new TrackingException("no time is left for " + what);
    }
    return make(what, number, arguments);
  }

  /** A call that takes another one back: never too late. */
  void undo(String what, long number, long... arguments) {
    make(what, number, arguments);
  }

  private long make(String what, long number, long... arguments) {
    call.setCall(before, instruction, number, arguments);
    thread.registers(call);
    thread.step();
    long result = thread.registers().result();
    return LinuxCalls.check(result, what);
  }

  /** Puts words into memory of that process and returns where; valid until the next call of it. */
  long put(long... words) {
    if (scratch == 0) {
      scratch = call("mmap", SYS_MMAP, 0, SCRATCH_BYTES, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().put(words);
    try {
      memory.seek(scratch);
      memory.write(bytes.array());
    } catch (IOException e) {
      throw new TrackingException("cannot write memory of the process: " + e, e);
    }
    return scratch;
  }

  @Override
  public void close() {
    try {
      if (scratch != 0) {
        undo("munmap", SYS_MUNMAP, scratch, SCRATCH_BYTES);
      }
    } catch (LinuxCallException | TrackingException e) {
      // one page stays behind in that process
    } finally {
      restore();
    }
  }

  private void restore() {
    try {
      thread.registers(before);
      thread.signalMask(signalsBefore);
    } finally {
      thread.close();
      arena.close();
    }
    try {
      memory.close();
    } catch (IOException e) {
      throw new TrackingException("closing the memory of the process failed: " + e, e);
    }
  }
}
