package org.understudy.vm.track;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code struct user_regs_struct} of x86-64. */
final class CpuRegisters {
  private static final int WORDS = 27;
  private static final int R10 = 7;
  private static final int R9 = 8;
  private static final int R8 = 9;
  private static final int RAX = 10;
  private static final int RDX = 12;
  private static final int RSI = 13;
  private static final int RDI = 14;
  private static final int ORIG_RAX = 15;
  private static final int RIP = 16;
  private static final int[] ARGUMENTS = {RDI, RSI, RDX, R10, R8, R9};

  private final MemorySegment words;

  CpuRegisters(Arena arena) {
    words = arena.allocate(JAVA_LONG, WORDS);
  }

  long address() {
    return words.address();
  }

  /** These registers about to make a system call. */
  void setCall(CpuRegisters base, long instruction, long number, long... arguments) {
    words.copyFrom(base.words);
    set(RAX, number);
    // The thread may have been stopped in a call that is to be restarted; ours is not that one.
    set(ORIG_RAX, -1);
    set(RIP, instruction);
    for (int i = 0; i < ARGUMENTS.length; i++) {
      set(ARGUMENTS[i], i < arguments.length ? arguments[i] : 0);
    }
  }

  long result() {
    return words.getAtIndex(JAVA_LONG, RAX);
  }

  private void set(int register, long value) {
    words.setAtIndex(JAVA_LONG, register, value);
  }
}
