package org.understudy.pair.detect;

/**
 * Decides whether the peer is dead, from the sign of life that every message is and from the plain
 * TCP connection of the peer monitor. Used by both roles; one thread, no clock of its own.
 *
 * <p>Order in each duty cycle: {@link #cycle} first, then everything that arrived is drained (with
 * {@link #onSignOfLife} for it), then {@link #isDead} is asked. Silence is counted only while the
 * own duty cycle ran: of a gap between two cycles at most {@code stallBoundNs} counts, so that
 * one's own long pause never looks like the death of the peer.
 *
 * <p>Only a connection that is bound to the watched incarnation counts. When it closes the monitor
 * reconnects at once: refused, or answered by another incarnation, means dead; anything else leaves
 * the decision to the heartbeats.
 */
public final class FailureDetector {
  /** Verdict on the peer. */
  public enum Cause {
    /** Not dead. */
    NONE,
    /** No sign of life for the time-out. */
    SILENT,
    /** The monitor connection closed and the reconnect was refused. */
    REFUSED,
    /** The monitor connection closed and another incarnation answers at the peer's address. */
    REPLACED
  }

  private final long timeoutNs;
  private int patience = 1;
  private final long stallBoundNs;
  private final long stallCheckNs;

  private long peer;
  private boolean watching;
  private long connectedTo;
  private boolean reconnecting;
  private Cause closed = Cause.NONE;

  private long lastCycleNs;
  private boolean cycled;
  private long liveTimeNs;
  private long lastSignLiveNs;
  private long longestStallNs;
  private boolean stalled;

  /**
   * A detector that watches nobody yet.
   *
   * @param timeoutNs silence that means dead
   * @param stallBoundNs longest gap between two own cycles that counts as silence in full
   * @param stallCheckNs own stand-still after which the peer may have become the owner: shorter
   *     than the peer's time-out
   */
  public FailureDetector(long timeoutNs, long stallBoundNs, long stallCheckNs) {
    if (stallBoundNs <= 0 || stallBoundNs * 2 > timeoutNs) {
      throw new IllegalArgumentException(
          "stall bound "
              + stallBoundNs
              + " ns must be above 0 and at most half of the time-out "
              + timeoutNs
              + " ns");
    }
    this.timeoutNs = timeoutNs;
    this.stallBoundNs = stallBoundNs;
    this.stallCheckNs = stallCheckNs;
  }

  /** Watches a peer from now on; what was known of another one is forgotten. */
  public void watch(long incarnation) {
    peer = incarnation;
    watching = true;
    forgetConnection();
    lastSignLiveNs = liveTimeNs;
  }

  /**
   * Silence means dead only after so many time-outs: where nothing is protected yet nothing is
   * gained by haste. A connection that is refused or answered by another one is as final as ever.
   */
  public void patience(int timeouts) {
    if (timeouts < patience) {
      lastSignLiveNs = liveTimeNs; // what was no silence yet must not become one by this
    }
    patience = timeouts;
  }

  /** Time-outs of silence that mean dead. */
  public int patience() {
    return patience;
  }

  /** Watches nobody. */
  public void stopWatching() {
    watching = false;
    forgetConnection();
  }

  private void forgetConnection() {
    reconnecting = false;
    closed = Cause.NONE;
  }

  /** Start of an own duty cycle, before anything is drained. */
  public void cycle(long nowNs) {
    if (cycled) {
      long gapNs = Math.max(0, nowNs - lastCycleNs);
      liveTimeNs += Math.min(gapNs, stallBoundNs);
      longestStallNs = Math.max(longestStallNs, gapNs);
      stalled |= gapNs > stallCheckNs;
    }
    cycled = true;
    lastCycleNs = nowNs;
  }

  /**
   * The clock is read again within a cycle, which may have been stopped in its middle. That is no
   * silence of the peer yet: what it sent meanwhile was not drained.
   */
  public void readClock(long nowNs) {
    stalled |= cycled && nowNs - lastCycleNs > stallCheckNs;
  }

  /**
   * Whether the own duty cycle stood still for so long since this was last asked that the peer may
   * own the guest: the register must be read before anything is released.
   */
  public boolean takeStall() {
    boolean result = stalled;
    stalled = false;
    return result;
  }

  /** Whether there is a stall that {@link #takeStall} has not been asked about. */
  public boolean hasStalled() {
    return stalled;
  }

  /** Any message of the watched incarnation; messages of others are no sign of life. */
  public void onSignOfLife(long incarnation) {
    if (watching && incarnation == peer) {
      lastSignLiveNs = liveTimeNs;
    }
  }

  /** The monitor is connected to this incarnation (not 0). */
  public void onConnected(long incarnation) {
    connectedTo = incarnation;
    if (reconnecting && incarnation != peer) {
      closed = Cause.REPLACED;
    }
    reconnecting = false;
  }

  /** The connection that was bound to this incarnation is closed; others are a stranger's. */
  public void onClosed(long incarnation) {
    if (incarnation == connectedTo) {
      connectedTo = 0;
      reconnecting = watching && incarnation == peer;
    }
  }

  /** The reconnect was refused: nobody listens where the peer did. */
  public void onRefused() {
    if (reconnecting) {
      reconnecting = false;
      closed = Cause.REFUSED;
    }
  }

  /** The reconnect had no clear answer (timed out, unreachable): heartbeats decide. */
  public void onUnclear() {
    reconnecting = false;
  }

  /** Whether the watched peer is dead; ask only after draining. */
  public boolean isDead() {
    return cause() != Cause.NONE;
  }

  /** Why the peer counts as dead. */
  public Cause cause() {
    if (!watching) {
      return Cause.NONE;
    }
    return closed == Cause.NONE && silenceNs() >= timeoutNs * patience ? Cause.SILENT : closed;
  }

  /** Whether the watched process has ended for certain: silence alone may come from elsewhere. */
  public boolean isGone() {
    return watching && closed != Cause.NONE;
  }

  /** Silence of the peer, counted while the own duty cycle ran. */
  public long silenceNs() {
    return watching ? liveTimeNs - lastSignLiveNs : 0;
  }

  /**
   * Time during which the own duty cycle ran: the clock for deadlines that must not expire because
   * of one's own pause.
   */
  public long liveTimeNs() {
    return liveTimeNs;
  }

  /** Longest gap between two own cycles so far. */
  public long longestStallNs() {
    return longestStallNs;
  }

  /** The incarnation that is watched. */
  public long peer() {
    return peer;
  }
}
