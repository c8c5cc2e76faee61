package org.understudy.lab.vm;

import java.util.List;
import org.understudy.node.config.Units;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** What the commands that boot the demo's guest accept on their command lines. */
public final class VmArguments {
  private static final long MIB = 1 << 20;
  private static final long LEAST_RAM_BYTES = 128 * MIB;

  private VmArguments() {}

  /** Refuses a number outside of its range. */
  public static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UserError(ExitCode.USAGE, name + " " + value + " must be " + least + " to " + most);
    }
  }

  /** Refuses what is no accelerator. */
  public static void checkAccelerator(String accelerator) {
    if (!List.of("auto", "kvm", "tcg").contains(accelerator)) {
      throw new UserError(
          ExitCode.USAGE, "--accelerator " + accelerator + " must be auto, kvm or tcg");
    }
  }

  /** RAM of a guest, in bytes. */
  public static long ramBytes(String name, String size) {
    long bytes = Units.parseSize(name, size);
    if (bytes % MIB != 0 || bytes < LEAST_RAM_BYTES) {
      throw new UserError(
          ExitCode.USAGE, name + " " + size + " must be whole MiB, at least 128MiB");
    }
    return bytes;
  }
}
