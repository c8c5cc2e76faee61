package org.understudy.vm.qemu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A guest of a few instructions: QEMU loads it like a kernel and starts it in 32-bit protected mode
 * without paging.
 */
public final class MultibootImage {
  /** Address at which it is loaded. */
  public static final int LOAD_ADDRESS = 0x100000;

  /** Address of its first instruction. */
  public static final int ENTRY_ADDRESS = LOAD_ADDRESS + 32;

  private static final int MAGIC = 0x1BADB002;
  private static final int ADDRESSES_ARE_GIVEN = 1 << 16;

  private MultibootImage() {}

  /** The file for this machine code, which is to run at {@link #ENTRY_ADDRESS}. */
  public static byte[] of(byte[] code) {
    int end = ENTRY_ADDRESS + code.length;
    return ByteBuffer.allocate(32 + code.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putInt(ADDRESSES_ARE_GIVEN)
        .putInt(-(MAGIC + ADDRESSES_ARE_GIVEN))
        .putInt(LOAD_ADDRESS) // of this header
        .putInt(LOAD_ADDRESS)
        .putInt(end)
        .putInt(end)
        .putInt(ENTRY_ADDRESS)
        .put(code)
        .array();
  }
}
