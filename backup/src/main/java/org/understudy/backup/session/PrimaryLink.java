package org.understudy.backup.session;

import org.understudy.pair.detect.FailureDetector;
import org.understudy.pair.ownership.KnownRegister;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** What the backup knows of its primary: is it alive, which link session, which generation. */
final class PrimaryLink {
  final FailureDetector detector;
  final KnownRegister known = new KnownRegister();
  final RegisterProof proof;

  private final BackupSettings settings;
  private final NodeId self;
  private final BackupActions actions;
  private final BackupCounters counters;
  private final long ownRegisterId;

  private NodeId primary;
  private long registerId;
  private long generation;
  private long current;
  private long last;
  private boolean named;
  private boolean broken;
  private boolean replaced;
  private String gone;

  private long helloId;
  private boolean helloOpen;
  private boolean helloSent;
  private boolean helloHasBase;
  private long lastHelloNs;
  private int unheardHellos;

  PrimaryLink(
      BackupSettings settings,
      NodeId self,
      BackupActions actions,
      BackupCounters counters,
      long registerId,
      long helloSeed) {
    this.settings = settings;
    this.self = self;
    proof = new RegisterProof(settings.timeoutNs(), settings.claimRetryNs());
    this.actions = actions;
    this.counters = counters;
    this.ownRegisterId = registerId;
    this.registerId = registerId;
    helloId = helloSeed >>> 2;
    // The primary's time-out is longer than this one.
    detector =
        new FailureDetector(settings.timeoutNs(), settings.stallBoundNs(), settings.timeoutNs());
  }

  /** Sends a Hello when it is time; the same number as long as there is no answer. */
  void hello(long nowNs, long committedEpoch, long outputReceived, boolean complete) {
    if (helloSent && nowNs - lastHelloNs < settings.helloNs()) {
      return;
    }
    if (!helloOpen) {
      helloOpen = true;
      helloId++;
      helloHasBase = actions.hasBase();
    }
    helloSent = true;
    lastHelloNs = nowNs;
    unheardHellos = actions.isConnected() ? 0 : unheardHellos + 1;
    if (unheardHellos >= BackupSettings.HELLOS_BEFORE_RENEWAL) {
      unheardHellos = 0;
      actions.renewLink();
    }
    actions.sendHello(
        new HelloContent(
            helloId,
            registerId,
            generation,
            primary == null ? 0 : primary.incarnation(),
            last,
            committedEpoch,
            outputReceived,
            complete,
            helloHasBase));
  }

  /** True if this answers the open Hello, which is closed then. */
  boolean takeAnswer(long answeredHello) {
    boolean result = helloOpen && answeredHello == helloId;
    if (result) {
      helloOpen = false;
    } else {
      counters.stale++;
    }
    return result;
  }

  /** A new session with a full copy. */
  void pair(HelloAnswer answer) {
    primary = answer.node();
    registerId = answer.registerId();
    named = false;
    gone = null;
    known.forget();
    known.learn(registerId, answer.generation());
    proof.restart(answer.arbiter());
    detector.watch(primary.incarnation());
    detector.patience(settings.copyPatience());
    use(answer.generation(), answer.linkSession());
  }

  /** A new session that goes on with the image. */
  void resume(HelloAnswer answer) {
    counters.resumes++;
    if (answer.generation() > generation) {
      learnNamed(answer.generation());
    }
    detector.onSignOfLife(primary.incarnation());
    use(answer.generation(), answer.linkSession());
  }

  private void use(long newGeneration, long linkSession) {
    generation = newGeneration;
    current = linkSession;
    last = linkSession;
    broken = false;
    replaced = false;
    actions.useLink(generation, current);
  }

  /** The register names this node as backup, in this generation. */
  void name(long protectedGeneration) {
    learnNamed(protectedGeneration);
    generation = protectedGeneration;
    if (current != 0) {
      actions.useLink(generation, current);
    }
  }

  private void learnNamed(long protectedGeneration) {
    named = true;
    known.learn(namingRegister(protectedGeneration));
    proof.demand();
  }

  /** The claim is won. */
  void own(Register won) {
    named = true;
    generation = won.generation();
  }

  /** Epoch 0 is committed: from here on time-outs are those of a pair. */
  void copyIsWhole() {
    detector.patience(1);
  }

  /** What this primary said of an older generation than this node's own counts for nothing. */
  boolean isOlder(HelloAnswer answer) {
    return answer.generation() < generation;
  }

  boolean isCurrent(long messageGeneration, long linkSession) {
    return current != 0 && linkSession == current && messageGeneration == generation;
  }

  void onStale(long linkSession) {
    counters.stale++;
    // A primary whose link session broke is alive all the same.
    if (linkSession != 0 && linkSession == last) {
      onAlive();
    }
  }

  void onAlive() {
    detector.onSignOfLife(detector.peer());
  }

  void onAlive(NodeId node) {
    detector.onSignOfLife(node.incarnation());
  }

  /** Drops the link session: whatever still arrives in it is stale. */
  void drop() {
    if (current != 0) {
      counters.linksLost++;
      current = 0;
      actions.useLink(generation, 0);
    }
    helloSent = false;
    broken = false;
  }

  void forget() {
    drop();
    primary = null;
    registerId = ownRegisterId;
    generation = 0;
    last = 0;
    named = false;
    gone = null;
    replaced = false;
    helloOpen = false;
    known.forget();
    proof.stop();
    detector.stopWatching();
  }

  void markBroken() {
    broken = true;
  }

  /** Nothing more is taken in this link session. */
  boolean isBrokenNow() {
    return broken;
  }

  boolean isBroken() {
    return broken || detector.silenceNs() >= settings.linkSilenceNs();
  }

  /** The primary says that it has another backup. */
  void markReplaced() {
    replaced = true;
  }

  boolean isReplaced() {
    return replaced;
  }

  /** The primary says itself that it does not own the guest any more. */
  void markGone(String reason) {
    gone = reason;
  }

  boolean isDead() {
    return gone != null || detector.isDead();
  }

  String deathReason() {
    return gone != null ? gone : "primary " + primary + " is dead: " + detector.cause();
  }

  boolean isPrimary(NodeId node) {
    return node.equals(primary);
  }

  /** The register under which this node may claim. */
  Register namingRegister(long namingGeneration) {
    return new Register(registerId, namingGeneration, new Ownership.Protected(primary, self));
  }

  /** Whether this register makes this node the backup that may take over. */
  boolean names(Register seen) {
    return namingRegister(named ? generation : generation + 1).equals(seen);
  }

  boolean isNamed() {
    return named;
  }

  long generation() {
    return generation;
  }

  long registerId() {
    return registerId;
  }

  long current() {
    return current;
  }

  long last() {
    return last;
  }

  NodeId primary() {
    return primary;
  }
}
