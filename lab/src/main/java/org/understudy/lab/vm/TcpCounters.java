package org.understudy.lab.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Counters of the kernel for the network namespace of this process. */
final class TcpCounters {
  private static final Path SNMP = Path.of("/proc/self/net/snmp");

  private TcpCounters() {}

  /** Segments that this namespace has sent again. */
  static long retransmissions() throws IOException {
    return retransmissions(Files.readAllLines(SNMP));
  }

  /** Each group is two lines: names, then values. */
  static long retransmissions(List<String> lines) throws IOException {
    for (int i = 0; i + 1 < lines.size(); i++) {
      List<String> names = List.of(lines.get(i).split(" "));
      int at = names.indexOf("RetransSegs");
      if (at > 0 && names.getFirst().equals("Tcp:")) {
        return Long.parseLong(lines.get(i + 1).split(" ")[at]);
      }
    }
    throw new IOException(SNMP + " has no RetransSegs");
  }
}
