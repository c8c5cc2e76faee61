package org.understudy.node.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.understudy.node.config.Units;

/**
 * One node at one instant, as written to {@code status.json}. Times are wall-clock microseconds
 * since 1970 ({@code ...AtUs}), zero for "not yet". Counters run since the process started.
 *
 * @param node name of the node
 * @param incarnation random number of this process start, in hexadecimal
 * @param pid process id
 * @param role {@code primary} or {@code backup}, as of now
 * @param state one of {@link NodeState}
 * @param reason why it is in that state, one line
 * @param writtenAtUs when this was written
 * @param startedAtUs when the process started
 * @param preset preset in effect
 * @param epochMode {@code adaptive} or {@code fixed}
 * @param tracker dirty tracker in use; empty on a node that runs no guest
 * @param ownership register and arbiter
 * @param sync progress of the initial copy
 * @param replication what went over the wire
 * @param latency distributions
 * @param memory what is held in memory
 * @param front clients of this node
 * @param takeovers takeovers that this node made, oldest first
 * @param verify comparison of region and image
 * @param cpuUs CPU time of this process
 * @param vm the machine; absent for services
 * @param link what went wrong at the link and at the monitor port
 * @param stateAtUs when it came into this state
 * @param protectionAtUs since when the guest is protected, or is not, as the state says
 * @param peer the other node, as far as it is known here
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record NodeStatus(
    String node,
    String incarnation,
    long pid,
    String role,
    NodeState state,
    String reason,
    long writtenAtUs,
    long startedAtUs,
    String preset,
    String epochMode,
    String tracker,
    OwnershipView ownership,
    Sync sync,
    Replication replication,
    Latency latency,
    Memory memory,
    Front front,
    List<Takeover> takeovers,
    Verify verify,
    long cpuUs,
    @JsonInclude(JsonInclude.Include.NON_NULL) Vm vm,
    Link link,
    long stateAtUs,
    long protectionAtUs,
    Peer peer) {
  /** A running node writes ten times a second. */
  private static final long STALE_US = 2_000_000;

  /** Absent groups of an incomplete file become empty ones. */
  public NodeStatus {
    state = state == null ? NodeState.STARTING : state;
    ownership = ownership == null ? OwnershipView.NONE : ownership;
    sync = sync == null ? Sync.NONE : sync;
    replication = replication == null ? Replication.NONE : replication;
    latency = latency == null ? Latency.NONE : latency;
    memory = memory == null ? Memory.NONE : memory;
    front = front == null ? Front.NONE : front;
    takeovers = takeovers == null ? List.of() : List.copyOf(takeovers);
    verify = verify == null ? Verify.NONE : verify;
    link = link == null ? Link.NONE : link;
    peer = peer == null ? Peer.NONE : peer;
  }

  /** How old this is: a node that is dead or blocked goes on showing its last state. */
  public long ageUs(long nowUs) {
    return Math.max(0, nowUs - writtenAtUs);
  }

  /** Whether a node that runs would have written a newer one long ago. */
  @JsonIgnore
  public boolean isStale(long nowUs) {
    return ageUs(nowUs) > STALE_US;
  }

  /** Whether a committed copy exists on another node. */
  @JsonIgnore
  public boolean isProtected() {
    return state == NodeState.PROTECTED;
  }

  /**
   * The other node.
   *
   * @param node name and incarnation of the session's peer; empty if there is none
   * @param state what its last heartbeat said, a word of {@link NodeState}; empty if none came
   * @param front where clients connect to it (known on the primary)
   * @param refusal why a backup was refused for good, the last time; empty if none was
   */
  public record Peer(String node, String state, String front, String refusal) {
    /** Nobody. */
    public static final Peer NONE = new Peer("", "", "", "");
  }

  /**
   * How the nodes reach each other, and what went wrong there.
   *
   * @param sealed everything on the link is encrypted, and each node proves who it is
   * @param keyId id of the key that this node prefers; empty where nothing is sealed
   * @param badMessages messages that break the schema or the seal, dropped
   * @param backPressured sends that found no room and were tried again
   * @param refusedFrames frames that were not let in: not the peer's, or no room for them
   * @param strangers connections turned away at the monitor port
   * @param droppedMirrors copies of inputs that were dropped (machines)
   * @param longestStallUs longest gap between two duty cycles of this node
   */
  public record Link(
      boolean sealed,
      String keyId,
      long badMessages,
      long backPressured,
      long refusedFrames,
      long strangers,
      long droppedMirrors,
      long longestStallUs) {
    /** Nothing went wrong. */
    public static final Link NONE = new Link(false, "", 0, 0, 0, 0, 0, 0);
  }

  /**
   * A virtual machine.
   *
   * @param accelerator what executes it
   * @param qemu QEMU's version
   * @param ramBytes its memory
   * @param pauses pauses of checkpoints
   * @param pausePartsUs the average pause by its parts, which sum up to it
   * @param claimToRunningMs of the takeover that this node made last, until the guest ran
   * @param counters frames and disk writes by name
   */
  public record Vm(
      String accelerator,
      String qemu,
      long ramBytes,
      long pauses,
      Map<String, Double> pausePartsUs,
      double claimToRunningMs,
      Map<String, Long> counters) {}

  /**
   * The register as this node last saw it.
   *
   * @param registerId id of the register, in hexadecimal
   * @param generation generation
   * @param mode {@code none}, {@code solo}, {@code protected} or {@code ended}
   * @param owner who may release output, {@code name#incarnation}
   * @param backup who may take over; empty unless protected
   * @param arbiter kind and place
   * @param reachable whether the last call succeeded, and showed a register that counts
   * @param trouble what is wrong with the arbiter, or empty
   */
  public record OwnershipView(
      String registerId,
      long generation,
      String mode,
      String owner,
      String backup,
      String arbiter,
      boolean reachable,
      String trouble) {
    /** Nothing known yet. */
    public static final OwnershipView NONE = new OwnershipView("", 0, "none", "", "", "", true, "");
  }

  /**
   * The initial copy.
   *
   * @param round round that runs, 0 before the first
   * @param totalBytes bytes of the guest's memory, and of its disks
   * @param remainingBytes of memory what the round that runs has still to encode, of disks what was
   *     not looked at yet
   * @param sentBytes bytes sent since it began
   * @param bytesPerSecond on the wire, over about the last second
   */
  public record Sync(
      int round, long totalBytes, long remainingBytes, long sentBytes, long bytesPerSecond) {
    /** None began. */
    public static final Sync NONE = new Sync(0, 0, 0, 0, 0);

    /** In words, for whoever waits for it. */
    public String describe() {
      String rate = ", " + Units.roughSize(sentBytes) + " sent";
      rate += bytesPerSecond == 0 ? "" : ", " + Units.roughSize(bytesPerSecond) + "/s";
      return remainingBytes == 0
          ? "round " + round + rate
          : "round "
              + round
              + ", "
              + Units.roughSize(remainingBytes)
              + " of "
              + Units.roughSize(totalBytes)
              + " to go"
              + rate;
    }
  }

  /**
   * Checkpoints and inputs. All but {@code initialCopyBytes} count epochs 1 and later.
   *
   * @param epoch last epoch that is committed; -1 before epoch 0
   * @param epochs epochs committed, without epoch 0
   * @param initialCopyBytes payload and headers of epoch 0 and its rounds
   * @param dirtyPages captured dirty pages
   * @param dirtyBlocks changed blocks in them
   * @param dirtyPageBytes 4096 times dirtyPages
   * @param wireBytes payload and headers from primary to backup
   * @param wireBytesByClass {@code wireBytes} by class; the classes sum to it
   * @param inputBytes payload and headers of inputs from backup to primary
   * @param cowPages pages copied because they were written again before they were encoded
   * @param linkResumes times that a broken link went on without a full copy
   * @param resentBytes bytes sent again by resumes
   * @param droppedMessages messages of another generation or session, dropped
   * @param lagEpochs epochs captured and not yet committed on the backup (primary)
   */
  public record Replication(
      long epoch,
      long epochs,
      long initialCopyBytes,
      long dirtyPages,
      long dirtyBlocks,
      long dirtyPageBytes,
      long wireBytes,
      Map<String, Long> wireBytesByClass,
      long inputBytes,
      long cowPages,
      long linkResumes,
      long resentBytes,
      long droppedMessages,
      long lagEpochs) {
    /** Nothing replicated. */
    public static final Replication NONE =
        new Replication(-1, 0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0);

    /** Copies the map. */
    public Replication {
      wireBytesByClass = wireBytesByClass == null ? Map.of() : Map.copyOf(wireBytesByClass);
    }
  }

  /**
   * A distribution in microseconds.
   *
   * @param count values
   * @param p50 median
   * @param p99 99th percentile
   * @param max largest
   */
  public record Percentiles(long count, double p50, double p99, double max) {
    /** No values. */
    public static final Percentiles NONE = new Percentiles(0, 0, 0, 0);
  }

  /**
   * Distributions, in microseconds.
   *
   * @param pauseUs pause of the guest per capture
   * @param encodeUs encoding of one epoch
   * @param commitUs from capture to ack
   * @param addedUs time that output was held (measured where the gate stands)
   * @param epochUs length of epochs
   */
  public record Latency(
      Percentiles pauseUs,
      Percentiles encodeUs,
      Percentiles commitUs,
      Percentiles addedUs,
      Percentiles epochUs) {
    /** No values. */
    public static final Latency NONE =
        new Latency(
            Percentiles.NONE,
            Percentiles.NONE,
            Percentiles.NONE,
            Percentiles.NONE,
            Percentiles.NONE);

    /** Absent distributions become empty ones. */
    public Latency {
      pauseUs = pauseUs == null ? Percentiles.NONE : pauseUs;
      encodeUs = encodeUs == null ? Percentiles.NONE : encodeUs;
      commitUs = commitUs == null ? Percentiles.NONE : commitUs;
      addedUs = addedUs == null ? Percentiles.NONE : addedUs;
      epochUs = epochUs == null ? Percentiles.NONE : epochUs;
    }
  }

  /**
   * Memory, in bytes.
   *
   * @param guestBytes region on the primary, image on the backup
   * @param shadowBytes shadow (primary)
   * @param stagingBytes checkpoints not yet acked (primary) or applied (backup)
   * @param stagingPeakBytes largest value so far
   * @param stagingLimitBytes its bound
   * @param inputLogBytes inputs since the last commit (backup)
   * @param inputLogPeakBytes largest value so far
   * @param inputLogLimitBytes its bound
   */
  public record Memory(
      long guestBytes,
      long shadowBytes,
      long stagingBytes,
      long stagingPeakBytes,
      long stagingLimitBytes,
      long inputLogBytes,
      long inputLogPeakBytes,
      long inputLogLimitBytes) {
    /** Nothing held. */
    public static final Memory NONE = new Memory(0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * Clients of this node's front.
   *
   * @param accepting whether new clients are accepted
   * @param sessions connected now
   * @param opened connected since start
   * @param heldOutputBytes output that waits for a commit
   * @param queuedBytes output that waits for slow clients
   * @param inputs client events logged
   * @param slowClientsClosed clients closed since they did not take their replies
   * @param clientsRefused clients turned away at the limit of connections
   * @param replayDifferences sessions closed since a replay answered them differently from before
   */
  public record Front(
      boolean accepting,
      int sessions,
      long opened,
      long heldOutputBytes,
      long queuedBytes,
      long inputs,
      long slowClientsClosed,
      long clientsRefused,
      long replayDifferences) {
    /** No clients. */
    public static final Front NONE = new Front(false, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * One takeover. The instants never decrease in this order.
   *
   * @param detectedAtUs the primary was taken for dead
   * @param claimedAtUs the arbiter granted the claim
   * @param appliedAtUs everything committed was in the image
   * @param restoredAtUs the guest was restored
   * @param replayedAtUs the input log was replayed
   * @param firstAnswerAtUs the first reply left for a client
   * @param generation generation of the claim
   * @param epoch epoch of the image
   * @param replayedInputs inputs replayed
   * @param droppedOutputBytes output of uncommitted epochs, dropped
   * @param cause what told of the death: {@code connection}, {@code heartbeat} ...
   */
  public record Takeover(
      long detectedAtUs,
      long claimedAtUs,
      long appliedAtUs,
      long restoredAtUs,
      long replayedAtUs,
      long firstAnswerAtUs,
      long generation,
      long epoch,
      long replayedInputs,
      long droppedOutputBytes,
      String cause) {}

  /**
   * Comparison of region and image: both nodes hash their memory at the epochs that the
   * configuration names ({@code verify.everyEpochs}); equal epochs must have equal hashes.
   *
   * @param hashes SHA-256 of the memory by epoch, in hexadecimal
   * @param differences epochs at which the backup found its image to differ; it then drops that
   *     image and is copied anew
   * @param lastDifferentEpoch the last of them, -1 for none
   */
  public record Verify(Map<Long, String> hashes, long differences, long lastDifferentEpoch) {
    /** Nothing compared. */
    public static final Verify NONE = new Verify(Map.of(), 0, -1);

    /** Copies the map. */
    public Verify {
      hashes = hashes == null ? Map.of() : Map.copyOf(hashes);
    }
  }
}
