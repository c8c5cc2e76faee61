package org.understudy.primary.agent;

import java.util.ArrayList;
import java.util.List;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.primary.ship.CaptureEncoder;
import org.understudy.primary.ship.RetainedLog;

/** What a {@link PrimaryAgent} takes. */
public final class PrimaryBounds {
  private PrimaryBounds() {}

  /**
   * What a primary takes at most beside the guest and its copies.
   *
   * @param inputBytes inputs that wait for the guest
   * @param streams output goes ahead of the checkpoint of its epoch
   */
  public static List<MemoryBound> ofInputs(int inputBytes, boolean streams) {
    long ahead = streams ? EarlyOutput.CEILING_BYTES : 0;
    return List.of(
        MemoryBound.ofNative("inputs that wait for the guest", "limits.inputLog", inputBytes),
        MemoryBound.ofNative("output that goes ahead", "", ahead),
        MemoryBound.ofNative("mirrored inputs", "", MirrorStream.CAPACITY_BYTES));
  }

  /** What copies to a backup take at most, from the first one on. */
  public static List<MemoryBound> ofCopies(
      CodecSettings codec, RegionLayout layout, long stagingBytes) {
    List<MemoryBound> bounds = new ArrayList<>(CaptureEncoder.bounds(codec, layout));
    bounds.add(
        MemoryBound.ofNative(
            "checkpoints on their way", "limits.staging", RetainedLog.ceilingBytes(stagingBytes)));
    return bounds;
  }
}
