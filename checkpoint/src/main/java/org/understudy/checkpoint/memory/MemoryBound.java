package org.understudy.checkpoint.memory;

/**
 * What one part of a node takes at most, so that the sum is known before anything starts: each
 * component's settings give theirs.
 *
 * @param what the part, for messages
 * @param setting what an operator changes to lower it; empty for a fixed size
 * @param place where it lies
 * @param ceilingBytes most bytes ever; never exceeded, whatever clients or a peer do
 */
public record MemoryBound(String what, String setting, Place place, long ceilingBytes) {
  /** Which limit of the process a bound counts against. */
  public enum Place {
    /** The Java heap. */
    HEAP,
    /**
     * Anonymous mappings and the C library's heap: bounded by the host and the control group alone,
     * neither by the Java heap nor by {@code MaxDirectMemorySize}.
     */
    NATIVE,
    /** Direct buffers of the JVM, which {@code MaxDirectMemorySize} bounds as well. */
    DIRECT,
    /** Files in {@code /dev/shm}, which has a size of its own. */
    SHARED
  }

  /** Refuses negative bounds: a sum of such would say yes to anything. */
  public MemoryBound {
    if (ceilingBytes < 0) {
      throw new IllegalArgumentException(what + " is bounded by " + ceilingBytes + " bytes");
    }
  }

  /** A bound off the heap. */
  public static MemoryBound ofNative(String what, String setting, long ceilingBytes) {
    return new MemoryBound(what, setting, Place.NATIVE, ceilingBytes);
  }

  /** A bound on the heap. */
  public static MemoryBound ofHeap(String what, String setting, long ceilingBytes) {
    return new MemoryBound(what, setting, Place.HEAP, ceilingBytes);
  }

  /** A bound of the JVM's direct buffers. */
  public static MemoryBound ofDirect(String what, String setting, long ceilingBytes) {
    return new MemoryBound(what, setting, Place.DIRECT, ceilingBytes);
  }

  /** A bound of files in shared memory. */
  public static MemoryBound ofShared(String what, String setting, long ceilingBytes) {
    return new MemoryBound(what, setting, Place.SHARED, ceilingBytes);
  }
}
