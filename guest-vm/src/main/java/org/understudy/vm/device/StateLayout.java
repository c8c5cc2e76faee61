package org.understudy.vm.device;

import java.util.List;
import java.util.Set;

/**
 * What is known of a device state without reading the devices.
 *
 * @param machine type with version
 * @param capabilities that change the layout
 * @param blocks of memory, shared ones included
 * @param carried names of the blocks whose content is in the state
 * @param ramBytes length of the part with memory; after it come the devices
 */
public record StateLayout(
    String machine,
    List<String> capabilities,
    List<RamBlock> blocks,
    Set<String> carried,
    int ramBytes) {
  /** Copies the lists. */
  public StateLayout {
    capabilities = List.copyOf(capabilities);
    blocks = List.copyOf(blocks);
    carried = Set.copyOf(carried);
  }
}
