package org.understudy.node.demo.vm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a node's status says about the virtual machine: its object {@code vm}.
 *
 * @param accelerator what executes the guest
 * @param pausePartsUs mean time of the parts of a pause, by name
 * @param claimToRunningMs of the node's takeover
 * @param diskWritesCommitted writes of committed epochs
 * @param diskWritesDiscarded writes of the epoch that was rolled back
 */
record VmView(
    String accelerator,
    Map<String, Double> pausePartsUs,
    double claimToRunningMs,
    long diskWritesCommitted,
    long diskWritesDiscarded) {
  static final VmView NONE = new VmView("", Map.of(), 0, 0, 0);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a status file; what is not in it is empty or zero. */
  static VmView read(Path statusFile) throws IOException {
    return Files.exists(statusFile) ? of(JSON.readTree(statusFile.toFile())) : NONE;
  }

  static VmView of(JsonNode status) {
    JsonNode vm = status.path("vm");
    Map<String, Double> parts = new LinkedHashMap<>();
    vm.path("pausePartsUs")
        .properties()
        .forEach(part -> parts.put(part.getKey(), part.getValue().asDouble()));
    JsonNode writes = vm.path("diskWrites");
    return new VmView(
        vm.path("accelerator").asText(),
        parts,
        vm.path("claimToRunningMs").asDouble(),
        writes.path("committed").asLong(),
        writes.path("discarded").asLong());
  }
}
