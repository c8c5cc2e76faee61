package org.understudy.simulation;

/**
 * The state of the model guest: every input it consumed, in order, each with a random choice. An
 * immutable chain, so that a checkpoint is one reference and two histories can be compared.
 */
final class GuestHistory {
  static final GuestHistory EMPTY = new GuestHistory(null, 0, 0, 0);

  final GuestHistory before;
  final long index;
  final long session;
  final long request;
  final long token;

  private GuestHistory(GuestHistory before, long session, long request, long token) {
    this.before = before;
    this.index = before == null ? 0 : before.index + 1;
    this.session = session;
    this.request = request;
    this.token = token;
  }

  GuestHistory then(long ofSession, long ofRequest, long randomToken) {
    return new GuestHistory(this, ofSession, ofRequest, randomToken);
  }

  /** A choice that depends on nothing but the inputs: for a guest that declares determinism. */
  long derivedToken(long ofSession, long ofRequest) {
    return (token * 31 + ofSession) * 31 + ofRequest;
  }

  /** Whether that entry, the same random choice included, is part of this history. */
  boolean contains(GuestHistory entry) {
    GuestHistory at = this;
    while (at.index > entry.index) {
      at = at.before;
    }
    return at == entry || at.isSameAs(entry);
  }

  boolean isSameAs(GuestHistory other) {
    return index == other.index
        && session == other.session
        && request == other.request
        && token == other.token;
  }

  @Override
  public String toString() {
    return "#" + index + " session " + Long.toHexString(session) + " request " + request;
  }
}
