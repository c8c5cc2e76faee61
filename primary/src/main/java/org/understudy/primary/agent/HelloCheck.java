package org.understudy.primary.agent;

import org.understudy.pair.session.Reject;
import org.understudy.protocol.wire.GuestTerms;
import org.understudy.protocol.wire.Hello;

/**
 * Compares a backup's terms with the primary's own: what differs, both values, the remedy. Versions
 * and seals were checked by the link already.
 */
final class HelloCheck {
  /** What is wrong; null members if nothing is. */
  record Finding(Reject code, String text) {
    static final Finding FINE = new Finding(null, null);
  }

  private final String pairId;
  private final GuestTerms terms;

  HelloCheck(String pairId, GuestTerms terms) {
    this.pairId = pairId;
    this.terms = terms;
  }

  Finding check(Hello hello) {
    GuestTerms theirs = hello.guest();
    if (!hello.pairId().equals(pairId)) {
      return differs(Reject.PAIR_ID, "pair", pairId, hello.pairId(), "set the same pair id");
    }
    if (!theirs.type().equals(terms.type())) {
      return differs(
          Reject.GUEST_TYPE,
          "guest type",
          terms.type(),
          theirs.type(),
          "configure the same guest on both nodes");
    }
    if (theirs.stateFormatVersion() != terms.stateFormatVersion()) {
      return differs(
          Reject.STATE_FORMAT,
          "state format version",
          terms.stateFormatVersion(),
          theirs.stateFormatVersion(),
          "run the same version of the guest on both nodes");
    }
    if (!theirs.regions().equals(terms.regions())) {
      return differs(
          Reject.LAYOUT,
          "memory regions",
          terms.regions(),
          theirs.regions(),
          "set the same guest.memory");
    }
    if (theirs.deterministic() != terms.deterministic()
        || theirs.gatedOnBackup() != terms.gatedOnBackup()) {
      return new Finding(
          Reject.GUEST_FLAGS,
          "guest properties differ: deterministic %s here, %s there; gated on backup %s here, %s there"
              .formatted(
                  terms.deterministic(),
                  theirs.deterministic(),
                  terms.gatedOnBackup(),
                  theirs.gatedOnBackup()));
    }
    return Finding.FINE;
  }

  private static Finding differs(
      Reject code, String what, Object here, Object there, String remedy) {
    return new Finding(code, what + " differs: " + here + " here, " + there + " there; " + remedy);
  }
}
