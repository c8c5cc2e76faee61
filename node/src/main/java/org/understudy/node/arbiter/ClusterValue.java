package org.understudy.node.arbiter;

import java.io.IOException;

/**
 * One value of a cluster: read as a majority has it, and written over exactly what was read. One
 * thread.
 */
interface ClusterValue extends AutoCloseable {
  /**
   * The value at one of its writes.
   *
   * @param bytes its content
   * @param version number of the write
   */
  record Versioned(byte[] bytes, long version) {}

  /** The value now, whoever wrote it; null if there is none. */
  Versioned get() throws IOException;

  /**
   * Writes the value if nobody wrote it since it was read.
   *
   * @param read what is to be replaced; null for nothing
   * @return whether it was written
   * @throws IOException if nobody knows
   */
  boolean replace(Versioned read, byte[] bytes) throws IOException;

  /** A write that is refused for its condition, and for its rights before. */
  void rehearse() throws IOException;

  /** Kind, members and name, for logs and status; no secret. */
  @Override
  String toString();

  @Override
  void close();
}
