package org.understudy.backup.agent;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.NanoClock;
import org.understudy.backup.log.InputLog;
import org.understudy.backup.session.BackupSettings;
import org.understudy.backup.stage.CheckpointStage;
import org.understudy.checkpoint.codec.decode.EpochDecoder;
import org.understudy.checkpoint.codec.section.SectionCodec;
import org.understudy.checkpoint.guest.ClientFront;
import org.understudy.checkpoint.guest.Standby;
import org.understudy.checkpoint.memory.MemoryBound;
import org.understudy.pair.arbiter.RegisterCalls;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.StateListener;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.wire.GuestTerms;

/**
 * Everything that a {@link BackupAgent} needs.
 *
 * @param self this process
 * @param pairId name of the pair
 * @param registerId id of this node's register, 0 if it was never written
 * @param terms what this node would run
 * @param frontAddress where its clients connect, for information
 * @param session times and bounds of the session
 * @param limits bounds of what is held
 * @param imageMemory where an image gets its memory
 * @param standby the guest type's half on the backup
 * @param front where clients are connected
 * @param restorer makes the guest at a takeover
 * @param link link to the peer; the agent listens to it
 * @param arbiter calls to the arbiter
 * @param listener told of every change of state
 * @param metrics told of digests that were compared
 * @param clock the time within a duty cycle
 */
public record BackupContext(
    NodeId self,
    String pairId,
    long registerId,
    GuestTerms terms,
    String frontAddress,
    BackupSettings session,
    Limits limits,
    ImageMemory imageMemory,
    Standby standby,
    ClientFront front,
    GuestRestorer restorer,
    Link link,
    RegisterCalls arbiter,
    StateListener listener,
    BackupObserver metrics,
    NanoClock clock) {

  /**
   * Bounds of memory.
   *
   * @param inputLogBytes inputs kept since the last commit
   * @param stagingBytes checkpoints that are not applied yet
   * @param sectionBytes output, device state and so on of one checkpoint together
   * @param deviceBytes of those the device state, that of the last commit is kept beside a new one
   * @param inputs inputs in the log, and pieces of output beyond the last commit: a power of two
   */
  public record Limits(
      int inputLogBytes, long stagingBytes, int sectionBytes, int deviceBytes, int inputs) {
    private static final int INPUTS = 1 << 20;

    /** The bytes are what bounds inputs, as a rule. */
    public Limits(int inputLogBytes, long stagingBytes, int sectionBytes, int deviceBytes) {
      this(inputLogBytes, stagingBytes, sectionBytes, deviceBytes, INPUTS);
    }

    /** What a backup takes at most beside the image and its front. */
    public List<MemoryBound> bounds() {
      List<MemoryBound> bounds = new ArrayList<>(OutputDelivery.bounds(inputs));
      bounds.add(MemoryBound.ofNative("input log", "limits.inputLog", inputLogBytes));
      bounds.add(InputLog.heapCeilingBytes(inputs));
      bounds.addAll(EpochDecoder.bounds(stagingBytes));
      bounds.add(
          MemoryBound.ofNative(
              "staged output and device state",
              "limits.staging",
              CheckpointStage.ceilingBytes(sectionBytes, deviceBytes)));
      bounds.add(MemoryBound.ofNative("section codec", "", SectionCodec.CEILING_BYTES));
      return bounds;
    }
  }
}
