package org.understudy.node.role;

import java.util.Locale;
import org.understudy.node.control.GuestOrder;
import org.understudy.node.control.GuestOrder.Outcome;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.Switchover;

/** Tells the operator's connection how far the session is with a switchover. */
final class SwitchoverFollower implements OrderFollower {
  private final Switchover switchover;
  private final GuestOrder order;
  private final String backup;
  private String told;

  SwitchoverFollower(PrimarySession session, GuestOrder order) {
    this.switchover = session.switchover();
    this.order = order;
    this.backup = String.valueOf(session.backup());
  }

  @Override
  public boolean follow() {
    if (switchover.text().equals(told)) {
      return false;
    }
    told = switchover.text();
    Outcome outcome =
        switch (switchover.phase()) {
          case NONE, CHECKING, SWITCHING, HANDED_OVER -> Outcome.RUNNING;
          case MOVED -> Outcome.MOVED;
          case FAILED -> Outcome.FAILED;
          case REFUSED -> Outcome.REFUSED;
        };
    order.update(
        new GuestOrder.Step(
            outcome,
            switchover.phase().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            told,
            backup,
            switchover.epoch(),
            since(switchover.handedOverNs()),
            since(switchover.endedNs())));
    return outcome != Outcome.RUNNING;
  }

  private long since(long instantNs) {
    return instantNs == 0 ? 0 : instantNs - switchover.orderedNs();
  }
}
