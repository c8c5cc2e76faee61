package org.understudy.vm.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The commands that running, capturing and restoring a guest need. */
public final class QmpRequests {
  private QmpRequests() {}

  /** A command that returns nothing. */
  private interface Order extends QmpRequest<Void> {
    @Override
    default Void answer(JsonNode value) {
      return null;
    }
  }

  /**
   * Ends the negotiation. Without requests out of band QEMU reads a request, byte by byte, only
   * when the one before is answered; with them it reads on, though none is asked for here.
   */
  record Capabilities(boolean outOfBand) implements Order {
    @Override
    public String command() {
      return "qmp_capabilities";
    }

    @Override
    public JsonNode arguments() {
      if (!outOfBand) {
        return null;
      }
      ObjectNode arguments = JsonNodeFactory.instance.objectNode();
      arguments.putArray("enable").add("oob");
      return arguments;
    }
  }

  /** Lets the guest run. */
  public record Cont() implements Order {
    @Override
    public String command() {
      return "cont";
    }
  }

  /** Pauses the guest. */
  public record Stop() implements Order {
    @Override
    public String command() {
      return "stop";
    }
  }

  /** Ends QEMU at once; the guest is not asked. */
  public record Quit() implements Order {
    @Override
    public String command() {
      return "quit";
    }
  }

  /** Presses the guest's power button. */
  public record SystemPowerdown() implements Order {
    @Override
    public String command() {
      return "system_powerdown";
    }
  }

  /** Whether the guest runs, and if not why. */
  public record QueryStatus() implements QmpRequest<RunState> {
    @Override
    public String command() {
      return "query-status";
    }

    @Override
    public RunState answer(JsonNode value) {
      return new RunState(QmpParser.text(value, "status"), value.path("running").asBoolean(false));
    }
  }

  /**
   * State of a guest.
   *
   * @param status QEMU's word, such as {@code running}, {@code paused}, {@code inmigrate}
   * @param running whether processors run
   */
  public record RunState(String status, boolean running) {}

  /** Whether the accelerator is KVM. */
  public record QueryKvm() implements QmpRequest<Boolean> {
    @Override
    public String command() {
      return "query-kvm";
    }

    @Override
    public Boolean answer(JsonNode value) {
      return value.path("enabled").asBoolean(false);
    }
  }

  /**
   * Switches abilities of migration on or off.
   *
   * @param capabilities by name
   */
  public record MigrateSetCapabilities(Map<String, Boolean> capabilities) implements Order {
    /** Keeps a copy in the order of the names. */
    public MigrateSetCapabilities {
      capabilities = new TreeMap<>(capabilities);
    }

    @Override
    public String command() {
      return "migrate-set-capabilities";
    }

    @Override
    public JsonNode arguments() {
      ObjectNode arguments = JsonNodeFactory.instance.objectNode();
      ArrayNode list = arguments.putArray("capabilities");
      capabilities.forEach((name, on) -> list.addObject().put("capability", name).put("state", on));
      return arguments;
    }
  }

  /**
   * Sets numbers of migration.
   *
   * @param parameters by name
   */
  public record MigrateSetParameters(Map<String, Long> parameters) implements Order {
    /** Keeps a copy in the order of the names. */
    public MigrateSetParameters {
      parameters = new TreeMap<>(parameters);
    }

    @Override
    public String command() {
      return "migrate-set-parameters";
    }

    @Override
    public JsonNode arguments() {
      ObjectNode arguments = JsonNodeFactory.instance.objectNode();
      parameters.forEach((name, value) -> arguments.put(name, value));
      return arguments;
    }
  }

  /**
   * Starts to write the guest's state; the answer comes before the work.
   *
   * @param uri where to, such as {@code unix:/path}
   */
  public record Migrate(String uri) implements Order {
    @Override
    public String command() {
      return "migrate";
    }

    @Override
    public JsonNode arguments() {
      return JsonNodeFactory.instance.objectNode().put("uri", uri);
    }
  }

  /**
   * Writes the state of the devices without any memory; the guest should be paused, or it is for
   * that time. The name is QEMU's: there is nothing of Xen in it.
   *
   * @param file an existing one is written anew
   */
  public record SaveDevices(Path file) implements Order {
    @Override
    public String command() {
      return "xen-save-devices-state";
    }

    @Override
    public JsonNode arguments() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("filename", file.toString())
          .put("live", false);
    }
  }

  /** Ends a migration that is under way, if one is; the answer comes before that. */
  public record MigrateCancel() implements Order {
    @Override
    public String command() {
      return "migrate_cancel";
    }
  }

  /** How far the last migration is. */
  public record QueryMigrate() implements QmpRequest<MigrationState> {
    private static final Set<String> ENDS = Set.of("", "none", "completed", "failed", "cancelled");

    @Override
    public String command() {
      return "query-migrate";
    }

    @Override
    public MigrationState answer(JsonNode value) {
      String status = value.path("status").asText("");
      return new MigrationState(status, !ENDS.contains(status));
    }
  }

  /**
   * State of a migration.
   *
   * @param status QEMU's word, empty where there was none
   * @param isUnderWay whether it has not ended
   */
  public record MigrationState(String status, boolean isUnderWay) {}

  /**
   * Has a waiting QEMU listen for a guest's state.
   *
   * @param uri where, such as {@code unix:/path}
   */
  public record MigrateIncoming(String uri) implements Order {
    @Override
    public String command() {
      return "migrate-incoming";
    }

    @Override
    public JsonNode arguments() {
      return JsonNodeFactory.instance.objectNode().put("uri", uri);
    }
  }

  /**
   * Any command, for what has no type here.
   *
   * @param command QEMU's name of it
   * @param arguments as JSON, or null
   */
  public record Raw(String command, JsonNode arguments) implements QmpRequest<JsonNode> {
    @Override
    public JsonNode answer(JsonNode value) {
      return value;
    }
  }
}
