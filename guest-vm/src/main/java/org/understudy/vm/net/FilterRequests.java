package org.understudy.vm.net;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpErrorException;
import org.understudy.vm.qmp.QmpRequest;
import org.understudy.vm.qmp.QmpRequests;

/** QEMU's commands about character devices and filters. */
final class FilterRequests {
  private FilterRequests() {}

  /** A character device that connects to a socket of ours. */
  static QmpRequest<JsonNode> addSocket(String id, Path path) {
    ObjectNode arguments = object().put("id", id);
    ObjectNode backend = arguments.putObject("backend").put("type", "socket");
    ObjectNode data = backend.putObject("data").put("server", false);
    data.putObject("addr").put("type", "unix").putObject("data").put("path", path.toString());
    return new QmpRequests.Raw("chardev-add", arguments);
  }

  /**
   * Takes the guest's output out, and puts it back behind itself. QEMU's {@code rx} is what the tap
   * receives, which is what the guest sends.
   */
  static QmpRequest<JsonNode> holdOutput(String id, String netdev, String out, String in) {
    return filter("filter-redirector", id, netdev, "rx").put(out, in);
  }

  /** Copies the guest's input. */
  static QmpRequest<JsonNode> mirrorInput(String id, String netdev, String out) {
    return filter("filter-mirror", id, netdev, "tx").put(out, null);
  }

  /** Takes the guest's input away, before any other filter sees it. */
  static QmpRequest<JsonNode> divertInput(String id, String netdev, String out) {
    Filter filter = filter("filter-redirector", id, netdev, "tx");
    filter.arguments().put("position", "head");
    return filter.put(out, null);
  }

  /** Puts frames into the guest's input. */
  static QmpRequest<JsonNode> inject(String id, String netdev, String in) {
    return filter("filter-redirector", id, netdev, "tx").put(null, in);
  }

  /** Switches a filter: frames go past one that is off. */
  static QmpRequest<JsonNode> status(String id, boolean on) {
    ObjectNode arguments = object().put("path", "/objects/" + id).put("property", "status");
    return new QmpRequests.Raw("qom-set", arguments.put("value", on ? "on" : "off"));
  }

  /** Removes a filter. */
  static QmpRequest<JsonNode> removeFilter(String id) {
    return new QmpRequests.Raw("object-del", object().put("id", id));
  }

  /** Removes a character device. */
  static QmpRequest<JsonNode> removeSocket(String id) {
    return new QmpRequests.Raw("chardev-remove", object().put("id", id));
  }

  /** Asks for something that may not be needed: a refusal is ignored. */
  static void tryTo(QmpClient qmp, QmpRequest<?> request, long timeoutNs) {
    try {
      qmp.execute(request, timeoutNs);
    } catch (QmpErrorException e) {
      // it is not there, which is what was asked for
    }
  }

  private static Filter filter(String type, String id, String netdev, String queue) {
    ObjectNode arguments = object().put("qom-type", type).put("id", id);
    return new Filter(arguments.put("netdev", netdev).put("queue", queue));
  }

  private record Filter(ObjectNode arguments) {
    QmpRequest<JsonNode> put(String outdev, String indev) {
      if (outdev != null) {
        arguments.put("outdev", outdev);
      }
      if (indev != null) {
        arguments.put("indev", indev);
      }
      return new QmpRequests.Raw("object-add", arguments);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
