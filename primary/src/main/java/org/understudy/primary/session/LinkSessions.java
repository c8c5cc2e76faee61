package org.understudy.primary.session;

/**
 * Numbers of link sessions, and which messages belong to the current one. A new session replaces
 * the current one only when the backup has answered in it: a late or doubled Hello changes nothing.
 */
final class LinkSessions {
  /** To what a message belongs. */
  enum Admission {
    CURRENT,
    PENDING,
    STALE
  }

  private long next;
  private long current;
  private long previous;
  private long currentHelloId;
  private long firstOfCopy = Long.MAX_VALUE;
  private PeerHello pendingHello;
  private long pending;
  private boolean pendingResume;

  LinkSessions(long seed) {
    // Room for a long count above a random start; never 0, never negative.
    next = (seed >>> 2) + 1;
  }

  Admission admit(long generation, long linkSession, long currentGeneration) {
    if (generation != currentGeneration || linkSession == 0) {
      return Admission.STALE;
    }
    if (linkSession == current) {
      return Admission.CURRENT;
    }
    return linkSession == pending ? Admission.PENDING : Admission.STALE;
  }

  /** A session for this Hello, the same one if the Hello is repeated. */
  long offer(PeerHello hello, boolean resume) {
    if (pendingHello == null
        || pendingResume != resume
        || pendingHello.helloId() != hello.helloId()
        || !pendingHello.node().equals(hello.node())) {
      pending = next++;
    }
    pendingHello = hello;
    pendingResume = resume;
    return pending;
  }

  /** The backup answered in the pending session. */
  PeerHello confirm() {
    PeerHello hello = pendingHello;
    current = pending;
    currentHelloId = hello.helloId();
    previous = current;
    if (!pendingResume) {
      firstOfCopy = current;
    }
    clearPending();
    return hello;
  }

  /** A late copy of the Hello that began the current session. */
  boolean isCurrentHello(PeerHello hello) {
    return current != 0 && hello.helloId() == currentHelloId;
  }

  /** Sent after the backup gave up the current session: a late copy of an old one is not. */
  boolean isNewerHello(PeerHello hello) {
    return hello.helloId() > currentHelloId;
  }

  void clearPending() {
    pending = 0;
    pendingHello = null;
  }

  void drop() {
    current = 0;
  }

  void forget() {
    drop();
    clearPending();
    previous = 0;
    firstOfCopy = Long.MAX_VALUE;
  }

  boolean ofCurrentCopy(long linkSession) {
    return linkSession >= firstOfCopy && linkSession <= previous;
  }

  boolean isPendingResume() {
    return pendingResume;
  }

  boolean hasPending() {
    return pending != 0;
  }

  PeerHello pendingHello() {
    return pendingHello;
  }

  long current() {
    return current;
  }

  /** The current session, or the last one if it broke. */
  long last() {
    return previous;
  }
}
