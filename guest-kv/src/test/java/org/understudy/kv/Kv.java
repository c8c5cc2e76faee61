package org.understudy.kv;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.understudy.service.guest.ServiceHarness;
import org.understudy.service.guest.ServiceRuntime;
import org.understudy.service.guest.ServiceSettings;
import org.understudy.service.memory.ProtectedMemory;

/** A key-value service driven event by event, with one client that is always there. */
final class Kv {
  static final long CLIENT = 1;

  /** The same in each run: memory can be compared. */
  private static final long SEED = 42;

  final ServiceHarness harness;
  final ProtectedMemory memory;

  Kv(long memoryBytes, ServiceSettings settings, boolean restoreAlways) {
    memory = ProtectedMemory.unprotected(memoryBytes);
    ServiceRuntime runtime =
        ServiceRuntime.start(
            memory, KeyValueService.definition(KeyValueSettings.DEFAULT, () -> SEED), settings);
    harness = new ServiceHarness(runtime, restoreAlways);
    harness.open(CLIENT);
  }

  Kv(long memoryBytes) {
    this(memoryBytes, ServiceSettings.DEFAULT, false);
  }

  /** Runs one command given as words and returns the reply as it is on the wire. */
  String run(String... words) {
    return text(harness.send(CLIENT, command(words)));
  }

  void advanceMs(long milliseconds) {
    harness.advance(milliseconds * 1_000_000);
  }

  static byte[] command(String... words) {
    byte[][] arguments = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
    }
    return command(arguments);
  }

  static byte[] command(byte[]... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("*" + arguments.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    for (byte[] argument : arguments) {
      out.writeBytes(("$" + argument.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(argument);
      out.writeBytes(new byte[] {'\r', '\n'});
    }
    return out.toByteArray();
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
