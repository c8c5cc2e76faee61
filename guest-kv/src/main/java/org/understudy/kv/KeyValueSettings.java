package org.understudy.kv;

import org.understudy.service.guest.ServiceSettings;

/**
 * Settings of the key-value service.
 *
 * @param maxValueBytes longest argument and value; Redis's {@code proto-max-bulk-len}
 */
public record KeyValueSettings(int maxValueBytes) {
  /** A value that a pair can still replicate within an epoch. */
  public static final int DEFAULT_MAX_VALUE_BYTES = 64 << 20;

  /** Redis's own limit. */
  public static final int LARGEST_MAX_VALUE_BYTES = 512 << 20;

  /** Room beside the longest value in one reply. */
  private static final int REPLY_FRAMING_BYTES = 1 << 20;

  /** As documented. */
  public static final KeyValueSettings DEFAULT = new KeyValueSettings(DEFAULT_MAX_VALUE_BYTES);

  /** Refuses limits outside of 1 KiB to 512 MiB. */
  public KeyValueSettings {
    if (maxValueBytes < 1024 || maxValueBytes > LARGEST_MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "the longest value is " + maxValueBytes + " bytes, must be 1024 to 536870912");
    }
  }

  /** What a service needs whose longest reply is one such value. */
  public ServiceSettings serviceSettings() {
    return ServiceSettings.DEFAULT.withReplyLimitBytes(
        Math.max(ServiceSettings.DEFAULT.replyLimitBytes(), maxValueBytes + REPLY_FRAMING_BYTES));
  }
}
