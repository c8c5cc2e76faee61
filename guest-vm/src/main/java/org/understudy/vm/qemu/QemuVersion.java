package org.understudy.vm.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** QEMU's version, as the program tells it. */
public final class QemuVersion {
  private static final Pattern VERSION = Pattern.compile("QEMU emulator version ([0-9.]+)");
  private static final int MAX_OUTPUT_BYTES = 4096;

  private QemuVersion() {}

  /**
   * Such as {@code 7.2.22}.
   *
   * @throws QemuException where the program is not there, or is no QEMU
   */
  public static String of(String program, long timeoutNs) {
    try {
      Process process = new ProcessBuilder(program, "--version").redirectErrorStream(true).start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(timeoutNs, TimeUnit.NANOSECONDS)) {
          throw new QemuException(program + " --version does not answer");
        }
        byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT_BYTES);
        return parse(program, new String(output, StandardCharsets.UTF_8));
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new QemuException(
          program + " cannot be started (on Debian: apt-get install qemu-system-x86): " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QemuException("interrupted while asking " + program, e);
    }
  }

  /** Whether a version such as {@code 7.2.22} is this one or a newer one. */
  public static boolean isAtLeast(String version, int major, int minor) {
    String[] numbers = version.split("[.]");
    int thisMajor = Integer.parseInt(numbers[0]);
    int thisMinor = numbers.length < 2 ? 0 : Integer.parseInt(numbers[1]);
    return thisMajor > major || thisMajor == major && thisMinor >= minor;
  }

  private static String parse(String program, String output) {
    Matcher version = VERSION.matcher(output);
    if (!version.find()) {
      throw new QemuException(program + " is no QEMU, it says: " + output.strip());
    }
    return version.group(1);
  }
}
