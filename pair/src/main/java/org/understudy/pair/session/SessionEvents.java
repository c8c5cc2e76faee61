package org.understudy.pair.session;

import org.understudy.pair.detect.FailureDetector;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterAnswers;
import org.understudy.pair.ownership.RegisterDesk;

/**
 * What reaches a session of either role from its peer monitor, from the state of its link and from
 * the arbiter. One piece for both roles, so that neither hears of a death differently.
 */
public final class SessionEvents implements RegisterAnswers {
  /** The session behind it. */
  public interface Session {
    /** The link session needs a new handshake. */
    void onLinkBroken();

    /** The register was read back; null if it was never written. */
    void onChecked(Register seen, long nowNs);

    /**
     * The look at the register was answered.
     *
     * @param seen what it says, null if it was never written
     * @param fault why that does not count ({@link org.understudy.pair.ownership.KnownRegister}),
     *     or null
     */
    void onLooked(Register seen, String fault, long nowNs);

    /** The look at the register came to nothing: the arbiter failed or did not answer. */
    default void onLookFailed(String why, long nowNs) {}
  }

  private final FailureDetector detector;
  private final RegisterDesk desk;
  private final Session session;
  private long cycleNs;

  /** Events of one session. */
  public SessionEvents(FailureDetector detector, RegisterDesk desk, Session session, long nowNs) {
    this.detector = detector;
    this.desk = desk;
    this.session = session;
    cycleNs = nowNs;
  }

  /** Start of a duty cycle, before anything is drained. */
  public void cycleStart(long nowNs) {
    cycleNs = nowNs;
    detector.cycle(nowNs);
  }

  /** When the current cycle began: the time of everything that is drained in it. */
  public long cycleNs() {
    return cycleNs;
  }

  // ---- the peer monitor and the link

  /** The monitor is connected to this incarnation. */
  public void onMonitorConnected(long incarnation) {
    detector.onConnected(incarnation);
  }

  /** The monitor's connection that was bound to this incarnation closed. */
  public void onMonitorClosed(long incarnation) {
    detector.onClosed(incarnation);
  }

  /** The monitor's reconnect was refused. */
  public void onMonitorRefused() {
    detector.onRefused();
  }

  /** The monitor's reconnect had no clear answer. */
  public void onMonitorUnclear() {
    detector.onUnclear();
  }

  /** The link reports that it is broken. */
  public void onLinkDown() {
    session.onLinkBroken();
  }

  // ---- the arbiter

  @Override
  public void onWritten(long request, boolean written) {
    desk.onWritten(request, written, cycleNs);
  }

  @Override
  public void onRegister(long request, Register seen) {
    switch (desk.onRead(request, seen, cycleNs)) {
      case CHECKED -> session.onChecked(seen, cycleNs);
      case LOOKED -> session.onLooked(seen, desk.trouble(), cycleNs);
      default -> {}
    }
  }

  @Override
  public void onArbiterFailed(long request) {
    if (desk.onFailed(request, cycleNs)) {
      session.onLookFailed(desk.trouble(), cycleNs);
    }
  }
}
