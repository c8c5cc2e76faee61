package org.understudy.simulation;

/**
 * The state of the model guest: every input it consumed, in order, each with a random choice. An
 * immutable chain, so that a checkpoint is one reference and two histories can be compared.
 */
final class History {
  static final History EMPTY = new History(null, 0, 0, 0);

  final History before;
  final long index;
  final long session;
  final long request;
  final long token;

  private History(History before, long session, long request, long token) {
    this.before = before;
    this.index = before == null ? 0 : before.index + 1;
    this.session = session;
    this.request = request;
    this.token = token;
  }

  History then(long ofSession, long ofRequest, long randomToken) {
    return new History(this, ofSession, ofRequest, randomToken);
  }

  /** A choice that depends on nothing but the inputs: for a guest that declares determinism. */
  long derivedToken(long ofSession, long ofRequest) {
    return (token * 31 + ofSession) * 31 + ofRequest;
  }

  /** Whether that entry, the same random choice included, is part of this history. */
  boolean contains(History entry) {
    History at = this;
    while (at.index > entry.index) {
      at = at.before;
    }
    return at == entry || at.isSameAs(entry);
  }

  boolean isSameAs(History other) {
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
