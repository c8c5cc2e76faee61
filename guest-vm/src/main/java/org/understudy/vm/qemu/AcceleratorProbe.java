package org.understudy.vm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Boots a tiny guest: that /dev/kvm opens proves nothing, since a virtual machine may offer one
 * that hangs at the first instruction.
 */
public final class AcceleratorProbe {
  /** A guest of a few instructions that has not ended by then never will. */
  public static final long TIMEOUT_NS = 10_000_000_000L;

  /** The translator never hangs; on a busy machine it is slow. */
  static final long TRANSLATOR_TIMEOUT_NS = 60_000_000_000L;

  /** Starting a QEMU, on a busy machine too. */
  private static final long MIN_LIMIT_NS = 1_000_000_000L;

  private static final int SLOWER = 2;

  /** The guest writes 42; QEMU's exit device makes 2 * 42 + 1 of it. */
  private static final int EXIT_VALUE = 85;

  /**
   * Switches to 64 bits with paging and writes 8 MiB, as every system does early: an accelerator
   * that manages a few instructions of 16 or 32 bits may still be of no use.
   */
  private static final byte[] CODE =
      HexFormat.of()
          .parseHex(
              "bf0000200031c0b9000c0000f3ab" // clears three tables at 2 MiB
                  + "c7050000200003102000c7050010200003202000" // links the first two
                  + "bf00202000b883000000b9080000008907050000200083c7084975f3" // maps 16 MiB in
                  // pages of 2 MiB
                  + "0f20e083c8200f22e0b8000020000f22d8" // cr4.PAE, cr3
                  + "b9800000c00f320d000100000f30" // EFER.LME
                  + "0f20c00d000000800f22c0" // cr0.PG
                  + "0f0115a8001000eaae0010000800" // lgdt; jump to 64-bit code
                  + "9090" // padding
                  + "0000000000000000ffff0000009aaf00" // its table of segments
                  + "0f0098001000" // and where that is
                  + "bf00004000b9000010004889f8" // rdi = 4 MiB; rcx = a million; rax = rdi
                  + "4889074883c70848ffc975f4" // again: stores rax at rdi, adds 8; jnz again
                  + "48390425f8ffbf007504" // the last one is there? else halt
                  + "b02ae6f4" // out 0xf4, 42
                  + "f4ebfd" // halt: hlt; jmp halt
              );

  private AcceleratorProbe() {}

  /**
   * What came out of a trial.
   *
   * @param accelerator what was tried
   * @param works whether the guest ran
   * @param reason why not, or in what time; one line
   * @param tookNs from the start to the end of its QEMU
   */
  public record Finding(Accelerator accelerator, boolean works, String reason, long tookNs) {}

  /**
   * KVM if it works here and is not slower than TCG, else TCG. A KVM that the host emulates (inside
   * of a machine, say) runs the tiny guest too, in a hundred times the time.
   */
  public static Finding best(String program, Path folder) {
    Finding tcg = tryOut(program, Accelerator.TCG, folder, TRANSLATOR_TIMEOUT_NS);
    long limitNs =
        tcg.works() ? Math.min(TIMEOUT_NS, MIN_LIMIT_NS + SLOWER * tcg.tookNs()) : TIMEOUT_NS;
    Finding kvm = tryOut(program, Accelerator.KVM, folder, limitNs);
    return kvm.works() ? kvm : tcg;
  }

  /** That one and no other, in the time that its kind may take. */
  public static Finding of(String program, Accelerator accelerator, Path folder) {
    return tryOut(
        program,
        accelerator,
        folder,
        accelerator == Accelerator.KVM ? TIMEOUT_NS : TRANSLATOR_TIMEOUT_NS);
  }

  /** Boots the tiny guest; its file is made in the folder and removed again. */
  public static Finding tryOut(
      String program, Accelerator accelerator, Path folder, long timeoutNs) {
    long startNs = System.nanoTime();
    try {
      Path image = Files.createTempFile(folder, "probe", ".bin");
      try {
        Files.write(image, MultibootImage.of(CODE));
        String failure = boot(command(program, accelerator, image), timeoutNs);
        long tookNs = System.nanoTime() - startNs;
        return new Finding(
            accelerator,
            failure.isEmpty(),
            failure.isEmpty() ? tookNs / 1_000_000 + " ms" : failure,
            tookNs);
      } finally {
        Files.deleteIfExists(image);
      }
    } catch (IOException e) {
      return new Finding(accelerator, false, e.getMessage(), System.nanoTime() - startNs);
    }
  }

  private static List<String> command(String program, Accelerator accelerator, Path image) {
    return List.of(
        program,
        "-no-user-config",
        "-nodefaults",
        "-display",
        "none",
        "-no-reboot",
        "-machine",
        "pc",
        "-accel",
        accelerator.text(),
        "-m",
        "16",
        "-device",
        "isa-debug-exit,iobase=0xf4,iosize=4",
        "-kernel",
        image.toString());
  }

  private static String boot(List<String> command, long timeoutNs) throws IOException {
    Process process = TiedProcess.start(command);
    OutputTail lastWords = new OutputTail(process.getInputStream(), "qemu-probe-output");
    try {
      if (!process.waitFor(timeoutNs, TimeUnit.NANOSECONDS)) {
        return "a tiny guest did not run within " + timeoutNs / 1_000_000 + " ms";
      }
      lastWords.awaitEnd();
      return process.exitValue() == EXIT_VALUE
          ? ""
          : "QEMU ended with " + process.exitValue() + ": " + oneLine(lastWords.text());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    } finally {
      process.destroyForcibly();
      awaitGone(process);
    }
  }

  /** SIGKILL ends it soon, unless the kernel holds it; then the wait must not hold us. */
  private static void awaitGone(Process process) {
    try {
      process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String oneLine(String text) {
    return text.isEmpty() ? "no message" : text.replaceAll("\\s*\\R\\s*", "; ");
  }
}
