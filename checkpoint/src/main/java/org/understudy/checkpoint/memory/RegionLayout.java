package org.understudy.checkpoint.memory;

import java.util.List;

/**
 * The regions of a guest in order. Regions are mapped back to back, so that page numbers run from 0
 * through all of them without a gap; a layout has at most 2^31 - 1 pages (8 TiB).
 *
 * @param regions at least one, with unique names
 */
public record RegionLayout(List<RegionSpec> regions) {
  /** Most regions of one guest; bounds what a peer can announce. */
  public static final int MAX_REGIONS = 256;

  /** Refuses empty, oversized and ambiguous layouts. */
  public RegionLayout {
    regions = List.copyOf(regions);
    if (regions.isEmpty() || regions.size() > MAX_REGIONS) {
      throw new IllegalArgumentException("a guest has 1 to 256 regions, not " + regions.size());
    }
    if (regions.stream().map(RegionSpec::name).distinct().count() != regions.size()) {
      throw new IllegalArgumentException("region names are not unique: " + regions);
    }
    long pages = 0;
    for (RegionSpec region : regions) {
      pages += region.pages();
      if (pages > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("more than 2^31 - 1 pages: " + regions);
      }
    }
  }

  /** A layout of one region. */
  public static RegionLayout of(String name, long lengthBytes) {
    return new RegionLayout(List.of(new RegionSpec(name, lengthBytes)));
  }

  /** Bytes of all regions. */
  public long totalBytes() {
    return regions.stream().mapToLong(RegionSpec::lengthBytes).sum();
  }

  /** Pages of all regions; the number of the last page is one less. */
  public int totalPages() {
    return (int) (totalBytes() / RegionSpec.PAGE_BYTES);
  }
}
