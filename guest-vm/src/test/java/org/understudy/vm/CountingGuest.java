package org.understudy.vm;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.understudy.vm.qemu.Accelerator;
import org.understudy.vm.qemu.MultibootImage;
import org.understudy.vm.qemu.VmBoot;
import org.understudy.vm.qemu.VmConfig;

/**
 * A guest that counts in memory, writes each count into one of 2048 pages, and says it in four
 * bytes on its debug port. What it says goes into a file: any gap or repeat is seen there.
 */
public final class CountingGuest {
  public static final long MEMORY_BYTES = 32L << 20;
  public static final int COUNTER_ADDRESS = 0x200000;
  public static final long TIMEOUT_NS = 60_000_000_000L;

  /** Another one, and another machine, may be asked for: see {@code build/qemu}. */
  public static final String PROGRAM = System.getProperty("qemu.program", "qemu-system-x86_64");

  private static final String MACHINE = System.getProperty("qemu.machine", "pc-i440fx-7.2");
  private static final int DELAY_LOOPS = 10_000;

  private CountingGuest() {}

  /** Skips the test, by the name of the program, where QEMU is not installed. */
  public static void assumeQemu() {
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Path.of(folder).resolve(PROGRAM).toFile().canExecute());
    Assumptions.assumeTrue(there, PROGRAM + " is missing: install qemu-system-x86");
  }

  /** Its config; the kernel is written into the folder, what it says goes into the file. */
  public static VmConfig config(Path folder, Path says, String... devices) throws IOException {
    return config(PROGRAM, folder, says, devices);
  }

  /** The same of another program. */
  public static VmConfig config(String program, Path folder, Path says, String... devices)
      throws IOException {
    Path kernel = folder.resolve("counting.bin");
    Files.write(kernel, MultibootImage.of(code()));
    return VmConfig.named("counting")
        .program(program)
        .machineType(MACHINE)
        .accelerator(Accelerator.TCG)
        .memoryBytes(MEMORY_BYTES)
        .boot(VmBoot.kernel(kernel))
        .extraArguments(
            Stream.concat(
                    Stream.of(
                        "-chardev",
                        "file,id=says,path=" + says,
                        "-device",
                        "isa-debugcon,chardev=says"),
                    Stream.of(devices))
                .toArray(String[]::new))
        .build();
  }

  /** What it said so far, as counts; a count said in part is left out. */
  public static int[] said(byte[] bytes) {
    int[] counts = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(counts);
    return counts;
  }

  private static byte[] code() {
    ByteBuffer code = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    int again = code.position();
    code.put(bytes(0xFF, 0x05)).putInt(COUNTER_ADDRESS); // inc dword [counter]
    code.put(bytes(0x8B, 0x15)).putInt(COUNTER_ADDRESS); // mov edx, [counter]
    code.put(bytes(0x69, 0xDA)).putInt(0x9E3779B1); // imul ebx, edx, golden ratio
    code.put(bytes(0xC1, 0xEB, 21)); // shr ebx, 21: one of 2048
    code.put(bytes(0xC1, 0xE3, 12)); // shl ebx, 12
    code.put(bytes(0x89, 0x93)).putInt(0x400000); // mov [4 MiB + ebx], edx
    code.put(bytes(0x89, 0xD0)); // mov eax, edx
    code.put(bytes(0xB9)).putInt(4); // mov ecx, 4
    code.put(bytes(0xE6, 0xE9)); // say: out 0xe9, al
    code.put(bytes(0xC1, 0xE8, 8)); // shr eax, 8
    code.put(bytes(0x49, 0x75, 0xF8)); // dec ecx; jnz say
    code.put(bytes(0xB9)).putInt(DELAY_LOOPS); // mov ecx, loops
    code.put(bytes(0x49, 0x75, 0xFD)); // wait: dec ecx; jnz wait
    code.put(bytes(0xEB, again - (code.position() + 2))); // jmp again
    return Arrays.copyOf(code.array(), code.position());
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
