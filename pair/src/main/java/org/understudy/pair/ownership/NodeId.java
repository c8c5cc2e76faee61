package org.understudy.pair.ownership;

/**
 * One process start of a node. Another incarnation is another node: never resumed, never owner.
 *
 * @param name configured name, 1 to 64 characters of {@code [A-Za-z0-9._-]}
 * @param incarnation random number drawn at process start
 */
public record NodeId(String name, long incarnation) {
  /** Refuses names that would be ambiguous in files and messages. */
  public NodeId {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "node name '" + name + "' must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    }
  }

  @Override
  public String toString() {
    return name + "#" + Long.toHexString(incarnation);
  }
}
