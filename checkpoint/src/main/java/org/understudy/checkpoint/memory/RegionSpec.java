package org.understudy.checkpoint.memory;

/**
 * One named, contiguous range of guest memory.
 *
 * @param name unique name inside its layout
 * @param lengthBytes a positive multiple of 4096
 */
public record RegionSpec(String name, long lengthBytes) {
  /** Bytes of one page. */
  public static final int PAGE_BYTES = 4096;

  /** Refuses lengths that are not whole pages. */
  public RegionSpec {
    if (name.isEmpty() || name.length() > 64) {
      throw new IllegalArgumentException("region name must have 1 to 64 characters: " + name);
    }
    if (lengthBytes <= 0 || lengthBytes % PAGE_BYTES != 0) {
      throw new IllegalArgumentException(
          "region " + name + ": length " + lengthBytes + " is not a positive multiple of 4096");
    }
  }

  /** Pages of this region. */
  public long pages() {
    return lengthBytes / PAGE_BYTES;
  }
}
