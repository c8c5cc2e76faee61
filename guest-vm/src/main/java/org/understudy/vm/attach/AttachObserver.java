package org.understudy.vm.attach;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpVersion;

/** Looks at a running QEMU; changes nothing in it. */
public final class AttachObserver {
  private final QmpClient qmp;
  private final MachineQueries queries;
  private final Path socket;
  private final long timeoutNs;

  /**
   * Over a connection that is open.
   *
   * @param socket where that QEMU listens
   */
  public AttachObserver(QmpClient qmp, Path socket, long timeoutNs) {
    this.qmp = qmp;
    this.socket = socket;
    this.timeoutNs = timeoutNs;
    queries = new MachineQueries(qmp, timeoutNs);
  }

  /** All that {@link AttachRules} wants to know, but for whether its memory can be tracked. */
  public AttachFacts observe() {
    QmpVersion version = qmp.version();
    long pid = ObservedProcess.behind(vcpuThread(), socket);
    long bytes = queries.ask("query-memory-size-summary").path("base-memory").asLong();
    return new AttachFacts(
        version.major() + "." + version.minor() + "." + version.micro(),
        queries.ask("query-status").path("status").asText(),
        ShapeObserver.observe(qmp, timeoutNs),
        ObservedProcess.of(pid),
        new AttachFacts.Ram(
            backends(), bytes, memoryDevices(), pid == 0 ? null : ObservedMemory.of(pid, bytes)),
        MonitorText.netdevs(queries.tell("info network")),
        disks(),
        objects(),
        migration());
  }

  private long vcpuThread() {
    return queries.ask("query-cpus-fast").path(0).path("thread-id").asLong();
  }

  private List<AttachFacts.Backend> backends() {
    List<AttachFacts.Backend> backends = new ArrayList<>();
    for (JsonNode backend : queries.ask("query-memdev")) {
      backends.add(
          new AttachFacts.Backend(
              backend.path("id").asText(),
              backend.path("size").asLong(),
              backend.path("share").asBoolean()));
    }
    return backends;
  }

  private List<String> memoryDevices() {
    List<String> devices = new ArrayList<>();
    for (JsonNode device : queries.ask("query-memory-devices")) {
      devices.add(device.path("type").asText() + " " + device.path("data").path("id").asText());
    }
    return devices;
  }

  private List<AttachFacts.DiskNode> disks() {
    List<AttachFacts.DiskNode> nodes = new ArrayList<>();
    for (JsonNode node : queries.ask("query-named-block-nodes")) {
      nodes.add(
          new AttachFacts.DiskNode(
              node.path("node-name").asText(),
              node.path("drv").asText(),
              node.path("file").asText(),
              node.path("ro").asBoolean(),
              node.path("cache").path("direct").asBoolean()));
    }
    return nodes;
  }

  private List<AttachFacts.QemuObject> objects() {
    List<AttachFacts.QemuObject> objects = new ArrayList<>();
    queries
        .children("/objects")
        .forEach((id, type) -> objects.add(new AttachFacts.QemuObject(id, type)));
    return objects;
  }

  private AttachFacts.Migration migration() {
    JsonNode migration = queries.ask("query-migrate");
    List<String> blockers = new ArrayList<>();
    migration.path("blocked-reasons").forEach(reason -> blockers.add(reason.asText()));
    List<String> capabilities = new ArrayList<>();
    for (JsonNode capability : queries.ask("query-migrate-capabilities")) {
      if (capability.path("state").asBoolean()) {
        capabilities.add(capability.path("capability").asText());
      }
    }
    return new AttachFacts.Migration(migration.path("status").asText(""), blockers, capabilities);
  }
}
