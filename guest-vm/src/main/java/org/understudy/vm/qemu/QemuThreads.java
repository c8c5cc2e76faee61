package org.understudy.vm.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.host.schedule.Priority;
import org.understudy.host.schedule.Processors;
import org.understudy.host.schedule.TimeSlice;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpRequests;

/**
 * Where and when a QEMU's threads run: its own ones as soon as there is something to do, beside
 * processors of guests that compute all the time, since a paused guest waits for them, and a
 * running one for the lock that they hold. Threads that QEMU starts later inherit it.
 */
public final class QemuThreads {
  private static final Logger LOG = LoggerFactory.getLogger(QemuThreads.class);

  /** Name of the thread that reads requests, where QEMU was asked for names. */
  private static final String MONITOR = "IO mon_iothread";

  private QemuThreads() {}

  /** Of a QEMU that has all its processors. */
  public static void hurry(long pid, QmpClient qmp, long timeoutNs) {
    List<Long> processors = processors(qmp, timeoutNs);
    each(
        pid,
        (id, name) -> {
          if (processors.contains(id)) {
            TimeSlice.reset(id); // it may have inherited ours
            return;
          }
          TimeSlice.shorten(id);
          if (!name.equals(MONITOR)) {
            // They hold the lock that the guest's processors wait for.
            Priority.set(id, Priority.FIRST_NICE);
          }
        });
  }

  private static void each(long pid, BiConsumer<Long, String> work) {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String name = Files.readString(thread.resolve("comm"), StandardCharsets.UTF_8).strip();
        work.accept(Long.parseLong(thread.getFileName().toString()), name);
      }
    } catch (IOException e) {
      LOG.debug("threads of QEMU {}: {}", pid, e.toString());
    }
  }

  /**
   * Gives each of the guest's processors one of the host's. The thread that reads requests is busy
   * in pauses alone, and has them then.
   *
   * @param pins in the order of the guest's; empty to leave it to the scheduler
   */
  public static void pin(long pid, QmpClient qmp, List<Integer> pins, long timeoutNs) {
    if (pins.isEmpty()) {
      return;
    }
    List<Long> processors = processors(qmp, timeoutNs);
    for (int i = 0; i < Math.min(pins.size(), processors.size()); i++) {
      if (!Processors.set(processors.get(i), Processors.listed(List.of(pins.get(i))))) {
        LOG.warn("the guest's processor {} cannot be bound to the host's {}", i, pins.get(i));
      }
    }
    each(
        pid,
        (id, name) -> {
          if (name.equals(MONITOR)) {
            Processors.set(id, Processors.listed(pins));
          }
        });
  }

  /** Their threads, in the order of the processors. */
  private static List<Long> processors(QmpClient qmp, long timeoutNs) {
    Map<Integer, Long> threads = new TreeMap<>();
    JsonNode answer = qmp.execute(new QmpRequests.Raw("query-cpus-fast", null), timeoutNs);
    answer.forEach(processor ->
        threads.put(processor.path("cpu-index").asInt(), processor.path("thread-id").asLong()));
    return List.copyOf(threads.values());
  }
}
