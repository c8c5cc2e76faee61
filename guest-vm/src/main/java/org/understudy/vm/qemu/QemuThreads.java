package org.understudy.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.schedule.TimeSlice;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpRequests;

/**
 * Has a QEMU's own threads run as soon as there is something to do, beside processors of guests
 * that compute all the time: a paused guest waits for them. Threads that QEMU starts later inherit
 * it.
 */
public final class QemuThreads {
  private static final Logger LOG = LoggerFactory.getLogger(QemuThreads.class);

  private QemuThreads() {}

  /** Of a QEMU that has all its processors. */
  public static void hurry(long pid, QmpClient qmp, long timeoutNs) {
    Set<Long> processors = new HashSet<>();
    JsonNode answer = qmp.execute(new QmpRequests.Raw("query-cpus-fast", null), timeoutNs);
    answer.forEach(processor -> processors.add(processor.path("thread-id").asLong()));
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        long id = Long.parseLong(thread.getFileName().toString());
        if (processors.contains(id)) {
          TimeSlice.reset(id); // it may have inherited ours
        } else {
          TimeSlice.shorten(id);
        }
      }
    } catch (IOException e) {
      LOG.debug("threads of QEMU {}: {}", pid, e.toString());
    }
  }
}
