package org.understudy.checkpoint.codec.format;

/**
 * Encoded input that is refused. It says where and why; the image is as it was. The stream it came
 * from is not to be trusted any more: this is never a reason for a takeover.
 */
public final class CorruptBatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final long offset;

  /** A refusal at a byte offset inside the batch or section. */
  public CorruptBatchException(long offset, String reason) {
    super("corrupt input at offset " + offset + ": " + reason);
    this.offset = offset;
  }

  /** Byte offset from the start of the batch or section. */
  public long offset() {
    return offset;
  }
}
