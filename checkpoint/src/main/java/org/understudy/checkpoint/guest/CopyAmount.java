package org.understudy.checkpoint.guest;

/**
 * What the initial copy brings over beside the memory, such as disks.
 *
 * @param totalBytes of all of it, holes included
 * @param remainingBytes what is still to be looked at; may lag
 */
public record CopyAmount(long totalBytes, long remainingBytes) {
  /** A guest that is its memory and nothing else. */
  public static final CopyAmount NONE = new CopyAmount(0, 0);
}
