package org.understudy.vm.disk.record;

/** Kinds of disk records; the code is their byte in a checkpoint, never renumbered. */
public enum DiskRecordKind {
  /** Data follows the header. */
  WRITE(1),
  /** The range reads as zeros and keeps its space. */
  ZERO(2),
  /** The range reads as zeros and takes no space. */
  TRIM(3),
  /** What stands before must be durable before anything after it. */
  FLUSH(4);

  private final int code;

  DiskRecordKind(int code) {
    this.code = code;
  }

  /** The stable byte of this kind. */
  public int code() {
    return code;
  }

  /** The kind of a byte, null for an unknown one. */
  static DiskRecordKind of(int code) {
    return switch (code) {
      case 1 -> WRITE;
      case 2 -> ZERO;
      case 3 -> TRIM;
      case 4 -> FLUSH;
      default -> null;
    };
  }
}
