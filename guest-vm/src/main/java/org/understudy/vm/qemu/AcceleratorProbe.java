package org.understudy.vm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** The guest writes 42; QEMU's exit device makes 2 * 42 + 1 of it. */
  private static final int EXIT_VALUE = 85;

  private static final byte[] CODE = {
    // counts down from a million, so that more than one instruction has to work
    (byte) 0xB9,
    0x40,
    0x42,
    0x0F,
    0x00, // mov ecx, 1000000
    0x49, // again: dec ecx
    0x75,
    (byte) 0xFD, // jnz again
    (byte) 0xB0,
    42, // mov al, 42
    (byte) 0xE6,
    (byte) 0xF4, // out 0xf4, al
    (byte) 0xF4, // halt: hlt
    (byte) 0xEB,
    (byte) 0xFD, // jmp halt
  };

  private AcceleratorProbe() {}

  /**
   * What came out of a trial.
   *
   * @param accelerator what was tried
   * @param works whether the guest ran
   * @param reason why not, or in what time; one line
   */
  public record Finding(Accelerator accelerator, boolean works, String reason) {}

  /** KVM if it works here, else TCG if that does; the finding of the last one tried. */
  public static Finding best(String program, Path folder) {
    Finding kvm = tryOut(program, Accelerator.KVM, folder, TIMEOUT_NS);
    return kvm.works() ? kvm : tryOut(program, Accelerator.TCG, folder, TRANSLATOR_TIMEOUT_NS);
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
        long tookMs = (System.nanoTime() - startNs) / 1_000_000;
        return new Finding(
            accelerator, failure.isEmpty(), failure.isEmpty() ? tookMs + " ms" : failure);
      } finally {
        Files.deleteIfExists(image);
      }
    } catch (IOException e) {
      return new Finding(accelerator, false, e.getMessage());
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
    LastWords lastWords = new LastWords(process.getInputStream(), "qemu-probe-output");
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
