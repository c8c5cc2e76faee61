package org.understudy.node.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Everything a node was told, validated. Durations are in nanoseconds, sizes in bytes; {@link
 * #AUTO} stands for "chosen from what the host allows".
 *
 * @param node who this node is
 * @param self where it listens
 * @param peer where the other node listens
 * @param guest what is protected
 * @param preset which published system it behaves like
 * @param epoch pacing
 * @param detect failure detection and commit time-out
 * @param limits bounds of what queues
 * @param arbiter who decides ownership
 * @param wire transport
 * @param vm the machine, where the guest is one
 * @param verify comparison of region and image
 */
public record NodeConfig(
    Node node,
    Endpoints self,
    Endpoints peer,
    Guest guest,
    Vm vm,
    Preset preset,
    Epoch epoch,
    Detect detect,
    Limits limits,
    ArbiterPlace arbiter,
    Wire wire,
    Verify verify) {
  /** A size that is chosen from what the host allows. */
  public static final long AUTO = -1;

  /** Validates the relations between groups. */
  public NodeConfig {
    ConfigRules.check(self, peer, guest, detect, limits, wire);
  }

  /** Which role a node starts in. */
  public enum Role {
    /** Runs the guest. */
    PRIMARY,
    /** Holds its copy. */
    BACKUP,
    /** Whichever the register leaves open: the backup of whoever runs the guest. */
    AUTO
  }

  /**
   * Who this node is.
   *
   * @param name unique in the pair
   * @param role role at start; {@link Role#AUTO} is decided then
   * @param pair id that both nodes must share
   * @param directory status file, pid file and what a killed run leaves behind
   * @param unprotectedReminderNs how often the log says that the guest has no copy, while it has
   *     none
   * @param saveDirectory where the guest is put aside when the node is stopped and nobody else has
   *     it
   * @param saveTimeoutNs longest time that this may take
   */
  public record Node(
      String name,
      Role role,
      String pair,
      Path directory,
      long unprotectedReminderNs,
      Path saveDirectory,
      long saveTimeoutNs) {
    /** What {@code node.pair} is where nobody sets it. */
    public static final String DEFAULT_PAIR = "understudy";
  }

  /**
   * Where a node listens.
   *
   * @param replication UDP, checkpoints and inputs
   * @param monitor TCP, whose closing tells of a dead process
   * @param front TCP, clients
   */
  public record Endpoints(Endpoint replication, Endpoint monitor, Endpoint front) {}

  /** Which dirty tracker a guest uses. */
  public enum Tracker {
    /** The best one that the host can do. */
    AUTO,
    /** The write barrier of protected memory. */
    BARRIER,
    /** PAGEMAP_SCAN with asynchronous write protection. */
    PAGEMAP,
    /** Soft-dirty bits, of a virtual machine. */
    SOFTDIRTY,
    /** Comparison with a copy. */
    COMPARE
  }

  /**
   * What is protected.
   *
   * @param type {@code service/kv}, the sample of a service, or {@code vm}
   * @param memoryBytes protected memory
   * @param tracker dirty tracker
   * @param valueLimitBytes longest value of the key-value sample
   * @param keepsMemory of a service: memory and images outlive their process
   */
  public record Guest(
      String type, long memoryBytes, Tracker tracker, long valueLimitBytes, boolean keepsMemory) {
    /** A virtual machine. */
    public static final String VM = "vm";

    /** The key-value sample. */
    public static final String KEY_VALUE = "service/kv";

    /** Whether the guest is a virtual machine. */
    public boolean isVm() {
      return type.equals(VM);
    }
  }

  /** What executes a virtual machine. */
  public enum VmAccelerator {
    /** KVM if it works here, else TCG. */
    AUTO,
    /** The processor. */
    KVM,
    /** QEMU's translator. */
    TCG
  }

  /**
   * A virtual machine; its memory is {@code guest.memory}.
   *
   * @param program QEMU
   * @param machine versioned machine type
   * @param accelerator what executes it
   * @param cpu QEMU's name of the processor; empty for the machine's default
   * @param cpus processors
   * @param kernel Linux or multiboot kernel; empty to boot from the first disk
   * @param initrd its initial file system; may be empty
   * @param append its command line; may be empty
   * @param legacyDisks whether disks are virtio devices of the older kind alone
   * @param legacyNics whether interfaces are virtio devices of the older kind alone
   * @param disks in the order of the guest's bus
   * @param nics in the order of the guest's bus
   * @param extra arguments for QEMU as they are
   * @param pins the host's processors for the guest's, one each; empty to leave it to the scheduler
   * @param attach QMP socket of a QEMU that something else starts; empty to start one
   */
  public record Vm(
      String program,
      String machine,
      VmAccelerator accelerator,
      String cpu,
      int cpus,
      String kernel,
      String initrd,
      String append,
      boolean legacyDisks,
      boolean legacyNics,
      List<Disk> disks,
      List<Nic> nics,
      List<String> extra,
      List<Integer> pins,
      String attach) {
    /**
     * A disk.
     *
     * @param id its name
     * @param file raw file of this node
     * @param sizeBytes size of the disk; 0 for that of the file, which must be there then
     */
    public record Disk(String id, Path file, long sizeBytes) {}

    /**
     * An interface.
     *
     * @param id its name
     * @param mac its address
     * @param bridge of this node
     */
    public record Nic(String id, String mac, String bridge) {}
  }

  /**
   * Pacing of epochs.
   *
   * @param mode adaptive or fixed; {@code auto} has been resolved by the preset
   * @param minNs least running time of the guest between two captures
   * @param maxNs longest epoch
   * @param lengthNs length of fixed epochs
   * @param inFlight most checkpoints that are not acked
   * @param pausePercent most of its time that a guest stands still for checkpoints while its output
   *     flows
   */
  public record Epoch(
      EpochMode mode, long minNs, long maxNs, long lengthNs, int inFlight, int pausePercent) {}

  /**
   * Failure detection.
   *
   * @param heartbeatNs interval of heartbeats
   * @param timeoutNs silence after which the backup takes the primary for dead
   * @param primaryTimeoutNs silence after which the primary takes the backup for dead; longer, so
   *     that a mere cut of the link is won by the backup, where the clients are
   * @param commitTimeoutNs no commit for so long counts as a lost backup
   */
  public record Detect(
      long heartbeatNs, long timeoutNs, long primaryTimeoutNs, long commitTimeoutNs) {}

  /**
   * Bounds of memory.
   *
   * @param inputLogBytes inputs kept at the backup since the last commit
   * @param stagingBytes checkpoints kept until acked (primary) or committed and applied (backup)
   * @param shadowBytes memory of the shadow; {@link NodeConfig#AUTO} shadows the whole guest
   */
  public record Limits(long inputLogBytes, long stagingBytes, long shadowBytes) {}

  /** What keeps the register. */
  public enum ArbiterKind {
    /** A directory that both nodes have: one machine. */
    FILE,
    /** A cluster of etcd. */
    ETCD,
    /** An ensemble of ZooKeeper. */
    ZOOKEEPER
  }

  /**
   * Who decides ownership.
   *
   * @param kind what keeps the register
   * @param directory of the file kind, the same for both nodes; null for others
   * @param endpoints members of a cluster, the nearest first; empty for the file kind
   * @param path what comes before the pair's id in the register's name
   * @param user whom to be at the cluster; empty for nobody
   * @param passwordFile the user's password; empty for none
   * @param tls files for connections to the cluster
   * @param timeoutNs longest wait for one answer of one member
   */
  public record ArbiterPlace(
      ArbiterKind kind,
      Path directory,
      List<Endpoint> endpoints,
      String path,
      String user,
      String passwordFile,
      ArbiterTls tls,
      long timeoutNs) {}

  /**
   * PEM files for TLS to an arbiter; each may be empty.
   *
   * @param authority certificates that the members' must come from; empty for connections without
   *     TLS
   * @param certificate this node's
   * @param key its private key
   */
  public record ArbiterTls(String authority, String certificate, String key) {}

  /** Threads of the embedded media driver. */
  public enum Threading {
    /** None: the agent's thread drives it. */
    INVOKER,
    /** One. */
    SHARED,
    /** Two: conductor, and sender with receiver. */
    SHARED_NETWORK,
    /** Three; only with cores to spare. */
    DEDICATED
  }

  /**
   * Transport.
   *
   * @param sealed everything between the nodes is encrypted, and each proves who it is
   * @param keys files of the keys that both nodes have, the preferred one first
   * @param peerName name of the other node; empty where the file does not say it
   * @param mtuBytes datagram size or {@link NodeConfig#AUTO}
   * @param windowBytes receiver window or {@link NodeConfig#AUTO}
   * @param socketBufferBytes SO_SNDBUF and SO_RCVBUF or {@link NodeConfig#AUTO}
   * @param termLengthBytes length of a log term, a power of two
   * @param threading threads of the embedded media driver
   * @param driver directory of a media driver that runs elsewhere; empty for an embedded one
   */
  public record Wire(
      boolean sealed,
      List<Path> keys,
      String peerName,
      long mtuBytes,
      long windowBytes,
      long socketBufferBytes,
      long termLengthBytes,
      Threading threading,
      String driver) {}

  /**
   * Comparison of region and image on a live pair: at every n-th epoch both nodes hash their memory
   * into their status. The guest pauses for the hash: a tool for tests, off by default.
   *
   * @param everyEpochs n; 0 for never
   * @param samples most hashes of one process
   */
  public record Verify(int everyEpochs, int samples) {}

  /** The values in effect, one {@code key = value} line each, for the log at start. */
  public List<String> describe() {
    return ConfigPrinter.lines(this);
  }
}
