package org.understudy.primary.session;

import org.understudy.pair.session.Reject;

/** How a primary answers a backup's Hello: resume, full copy, or a refusal that says why. */
final class Handshake {
  private final PrimarySession session;
  private final BackupLink link;
  private final PrimaryActions actions;
  private final SessionCounters counters;

  Handshake(
      PrimarySession session, BackupLink link, PrimaryActions actions, SessionCounters counters) {
    this.session = session;
    this.link = link;
    this.actions = actions;
    this.counters = counters;
  }

  void onHello(PeerHello hello) {
    if (hello.node().incarnation() == session.self().incarnation()) {
      reject(hello, Reject.SELF, "a node reached itself: check the addresses");
    } else if (hello.refusal() != null) {
      reject(hello, hello.refusal(), hello.refusalText());
    } else if (hello.registerId() != 0 && hello.registerId() != session.register().registerId()) {
      reject(
          hello,
          Reject.REGISTER,
          "register ids differ: %x here (%s), %x there; give both nodes the same arbiter.dir, or arbiter.endpoints"
              .formatted(
                  session.register().registerId(),
                  actions.arbiter().describe(),
                  hello.registerId()));
    } else {
      answer(hello);
    }
  }

  private void answer(PeerHello hello) {
    switch (session.state()) {
      case SOLO -> {
        if (session.isEndWanted()) {
          reject(hello, Reject.BUSY, "the guest is ending");
        } else if (session.copyObstacle() != null) {
          reject(hello, Reject.BUSY, session.copyObstacle());
        } else {
          accept(hello, false);
        }
      }
      case HANDSHAKING -> {
        if (isFromBackup(hello)) {
          accept(hello, false);
        } else {
          rejectOther(hello);
        }
      }
      case SYNCING -> {
        if (!isFromBackup(hello)) {
          rejectOther(hello);
        } else if (!link.links.isCurrentHello(hello)) {
          // It gave up this copy: nothing that it acked of it may count any more.
          link.markBroken();
          reject(hello, Reject.BUSY, "the copy before is given up first");
        }
      }
      case WHOLE, PROTECTED, LINK_LOST, ENDING, SWITCHING, HANDED_OVER -> {
        if (session.backup() == null) {
          reject(hello, Reject.BUSY, "the guest is ending");
        } else if (!isFromBackup(hello)) {
          rejectOther(hello);
        } else if (canResume(hello)) {
          link.detector.onSignOfLife(hello.node().incarnation());
          accept(hello, true);
        } else {
          if (link.links.isNewerHello(hello)) {
            // It will never say anything else: nothing is gained by waiting with output held.
            link.markUnresumable();
          }
          reject(hello, Reject.BUSY, "no resume from what you hold; wait until solo is claimed");
        }
      }
      case CLAIMING -> reject(hello, Reject.BUSY, "a claim to solo is pending");
      case SAVING, SAVED ->
          reject(hello, Reject.BUSY, "the guest is put aside, its node is stopped");
      case ENDED, FENCED, MOVED ->
          reject(hello, Reject.NOT_PRIMARY, "this node is " + session.state());
      default -> throw new IllegalStateException("unknown state " + session.state());
    }
  }

  /** Everything after the backup's last commit must still be here (SAFETY rules E1 and E2). */
  private boolean canResume(PeerHello hello) {
    return hello.completeImage()
        && hello.peerIncarnation() == session.self().incarnation()
        && link.links.ofCurrentCopy(hello.lastLinkSession())
        && hello.lastCommittedEpoch() >= link.ledger.acked()
        && hello.lastCommittedEpoch() <= link.ledger.shipped();
  }

  private boolean isFromBackup(PeerHello hello) {
    return hello.node().equals(session.backup());
  }

  private void accept(PeerHello hello, boolean resume) {
    long linkSession = link.links.offer(hello, resume);
    actions.sendHelloReply(
        hello, session.generation(), linkSession, resume, session.lastInputReceived());
  }

  private void rejectOther(PeerHello hello) {
    reject(hello, Reject.OTHER_BACKUP, "paired with " + session.backup());
  }

  private void reject(PeerHello hello, Reject code, String text) {
    counters.rejected++;
    actions.sendHelloReject(hello, session.generation(), code, text);
  }
}
