package org.understudy.vm.attach;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.understudy.vm.qmp.QmpClient;

/** Looks at what a QEMU has built. */
public final class ShapeObserver {
  private static final List<String> DEVICE_ROOTS =
      List.of("/machine/peripheral", "/machine/peripheral-anon");
  private static final String ONBOARD = "/machine/unattached";

  /** Parts of devices, not devices. */
  private static final Pattern NO_DEVICE =
      Pattern.compile("irq|System|container|.*memory-region.*|fw_cfg.*|.*-bus|PCIE?");

  private static final Pattern OUR_DISK = Pattern.compile("nbd\\+unix:///([^?]*)\\?socket=.*");
  private static final Pattern OUR_NODE = Pattern.compile("disk-(.*)");

  private final MachineQueries queries;
  private final Map<String, String> diskOfDevice = new TreeMap<>();

  private ShapeObserver(MachineQueries queries) {
    this.queries = queries;
  }

  /** Of any QEMU, whether its machine runs or not. */
  public static MachineShape observe(QmpClient qmp, long timeoutNs) {
    return new ShapeObserver(new MachineQueries(qmp, timeoutNs)).shape();
  }

  private MachineShape shape() {
    readDisks();
    JsonNode cpus = queries.ask("query-cpus-fast");
    return new MachineShape(
        queries.property("/machine", "type").asText().replaceFirst("-machine$", ""),
        queries.ask("query-kvm").path("enabled").asBoolean() ? "kvm" : "tcg",
        places(queries.ask("query-hotpluggable-cpus")),
        cpuFeatures(cpus.path(0).path("qom-path").asText()),
        devices(),
        onboard(),
        MonitorText.blocks(queries.tell("info ramblock")));
  }

  private static List<String> places(JsonNode cpus) {
    List<String> places = new ArrayList<>();
    for (JsonNode cpu : cpus) {
      JsonNode place = cpu.path("props");
      places.add(
          "socket %d core %d thread %d"
                  .formatted(
                      place.path("socket-id").asInt(),
                      place.path("core-id").asInt(),
                      place.path("thread-id").asInt())
              + (cpu.has("qom-path") ? "" : MachineShape.EMPTY));
    }
    places.sort(null);
    return places;
  }

  private String cpuFeatures(String cpu) {
    List<String> words = new ArrayList<>();
    for (JsonNode word : queries.property(cpu, "feature-words")) {
      words.add(
          word.path("cpuid-input-eax").asText()
              + '.'
              + word.path("cpuid-input-ecx").asText()
              + word.path("cpuid-register").asText()
              + word.path("features").asText());
    }
    words.sort(null);
    CRC32C crc = new CRC32C();
    crc.update(words.toString().getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }

  private List<String> onboard() {
    return queries.children(ONBOARD).values().stream()
        .filter(type -> !NO_DEVICE.matcher(type).matches())
        .sorted()
        .toList();
  }

  private List<MachineShape.Device> devices() {
    List<MachineShape.Device> devices = new ArrayList<>();
    for (String root : DEVICE_ROOTS) {
      queries
          .children(root)
          .forEach((name, type) -> devices.add(device(root + "/" + name, name, type)));
    }
    return devices;
  }

  private MachineShape.Device device(String path, String name, String type) {
    String bus = queries.property(path, "parent_bus").asText("");
    String place = bus.substring(bus.lastIndexOf('/') + 1);
    JsonNode address = queries.property(path, "addr");
    if (address.canConvertToInt()) {
      int number = address.asInt();
      place += " %x.%x".formatted(number >> 3, number & 7);
    }
    JsonNode mac = queries.property(path, "mac");
    boolean isLegacy = queries.property(path, "disable-modern").asBoolean();
    String model = isLegacy ? type + ",disable-modern=on" : type;
    return new MachineShape.Device(model, place, mac.isTextual() ? mac.asText() : disk(path, name));
  }

  private String disk(String path, String name) {
    for (Map.Entry<String, String> disk : diskOfDevice.entrySet()) {
      if (disk.getKey().equals(name) || disk.getKey().startsWith(path + "/")) {
        return "disk " + disk.getValue();
      }
    }
    return "";
  }

  /** By the device's name or path. */
  private void readDisks() {
    for (JsonNode block : queries.ask("query-block")) {
      JsonNode inserted = block.path("inserted");
      if (block.has("qdev") && !inserted.isMissingNode()) {
        diskOfDevice.put(block.path("qdev").asText(), diskName(inserted));
      }
    }
  }

  /** Served by a node or, in a QEMU that only shows the config's machine, empty. */
  private static String diskName(JsonNode inserted) {
    Matcher ours = OUR_DISK.matcher(inserted.path("file").asText());
    if (ours.matches()) {
      return ours.group(1);
    }
    Matcher node = OUR_NODE.matcher(inserted.path("node-name").asText());
    return node.matches() ? node.group(1) : inserted.path("file").asText();
  }
}
