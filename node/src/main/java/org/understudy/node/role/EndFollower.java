package org.understudy.node.role;

import java.util.Locale;
import org.understudy.node.control.GuestOrder;
import org.understudy.node.control.GuestOrder.Outcome;
import org.understudy.primary.session.PrimarySession;
import org.understudy.primary.session.PrimaryState;

/** Tells an operator what becomes of the order to end the guest. */
final class EndFollower implements OrderFollower {
  private final PrimarySession session;
  private final GuestOrder order;
  private PrimaryState told;

  EndFollower(PrimarySession session, GuestOrder order) {
    this.session = session;
    this.order = order;
  }

  @Override
  public boolean follow() {
    PrimaryState state = session.state();
    if (state == told) {
      return false;
    }
    told = state;
    switch (state) {
      case ENDED ->
          tell(
              session.isEndRegistered() ? Outcome.ENDED : Outcome.FAILED,
              session.isEndRegistered()
                  ? "the guest ended, and the register says so"
                  : "the guest ended, but the register could not be written: a start is refused"
                      + " until it says ended");
      case FENCED -> tell(Outcome.FAILED, "the guest is another node's: " + session.register());
      case SAVED -> tell(Outcome.FAILED, "the guest had just been saved: start this node again");
      case MOVED -> tell(Outcome.FAILED, "the guest had just moved to " + session.backup());
      default -> tell(Outcome.RUNNING, "the last output leaves, then the register is written");
    }
    return state.isTerminal();
  }

  private void tell(Outcome outcome, String text) {
    String phase = told.name().toLowerCase(Locale.ROOT).replace('_', '-');
    order.update(new GuestOrder.Step(outcome, phase, text, "", session.ackedEpoch(), 0, 0));
  }
}
