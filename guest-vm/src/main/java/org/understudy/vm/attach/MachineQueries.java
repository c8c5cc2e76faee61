package org.understudy.vm.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpErrorException;
import org.understudy.vm.qmp.QmpRequests;

/** Asks a QEMU about itself. */
final class MachineQueries {
  private static final String CHILD = "child<";

  private final QmpClient qmp;
  private final long timeoutNs;

  MachineQueries(QmpClient qmp, long timeoutNs) {
    this.qmp = qmp;
    this.timeoutNs = timeoutNs;
  }

  JsonNode ask(String command) {
    return ask(command, null);
  }

  JsonNode ask(String command, JsonNode arguments) {
    return qmp.execute(new QmpRequests.Raw(command, arguments), timeoutNs);
  }

  /** What QEMU tells people. */
  String tell(String command) {
    return ask("human-monitor-command", object().put("command-line", command)).asText();
  }

  /** Types of the objects below one, by name. */
  Map<String, String> children(String path) {
    Map<String, String> children = new TreeMap<>();
    for (JsonNode property : ask("qom-list", object().put("path", path))) {
      String type = property.path("type").asText();
      if (type.startsWith(CHILD)) {
        children.put(
            property.path("name").asText(), type.substring(CHILD.length(), type.length() - 1));
      }
    }
    return children;
  }

  /** A property; a missing node where there is none. */
  JsonNode property(String path, String name) {
    try {
      return ask("qom-get", object().put("path", path).put("property", name));
    } catch (QmpErrorException e) {
      return JsonNodeFactory.instance.missingNode();
    }
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
