package org.understudy.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongHashSet;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/**
 * Sees everything at once and compares it with the invariants of the design. It trusts none of the
 * state machines: it looks at the register, at what left the pair and at the histories.
 */
final class Checker {
  /** Two that pace allows, and one for each switchover that was ordered and given up meanwhile. */
  private static final int MOST_UNACKED = 40;

  private final World world;
  private final LongHashSet inputs = new LongHashSet();
  private final List<GuestHistory> released = new ArrayList<>();

  Checker(World world) {
    this.world = world;
  }

  // ---- 1. output commit

  /** An answer leaves a node: whoever may survive from here on must have made it. */
  void onRelease(SimProcess node, Answer reply) {
    GuestHistory entry = reply.entry();
    remember(entry);
    SimProcess owner = world.owner();
    SimProcess backup = world.namedBackup();
    if (backup != null
        && backup.role instanceof Holder holder
        && !holder.session().state().isTerminal()
        && !world.llm) {
      if (!holder.committedHistory().contains(entry)) {
        throw new Violation(
            "output commit: "
                + entry
                + " left "
                + node.id
                + " while the last commit on "
                + backup.id
                + " is "
                + holder.committedHistory());
      }
    } else if (owner != null && owner.role instanceof Runner runner) {
      if (!runner.history().contains(entry)) {
        throw new Violation(
            "one owner: "
                + entry
                + " left "
                + node.id
                + ", the owner "
                + owner.id
                + " does not know it");
      }
    }
  }

  private void remember(GuestHistory entry) {
    int at = (int) entry.index;
    while (released.size() <= at) {
      released.add(null);
    }
    GuestHistory before = released.set(at, entry);
    if (before != null && !before.isSameAs(entry)) {
      throw new Violation("two histories: " + entry + " left, and before " + before);
    }
  }

  // ---- 4. inputs once, at every change of ownership and at the end

  /** A history survives: it holds every answer that ever left, and each input once. */
  void onSurvivor(SimProcess node, GuestHistory history) {
    inputs.clear();
    for (GuestHistory at = history; at.before != null; at = at.before) {
      if (!inputs.add(at.session << 20 ^ at.request)) {
        throw new Violation("inputs once: " + at + " is in the history of " + node.id + " twice");
      }
      GuestHistory left = at.index < released.size() ? released.get((int) at.index) : null;
      if (left != null && !left.isSameAs(at)) {
        throw new Violation(
            "output commit: " + left + " left, the surviving history of " + node.id + " has " + at);
      }
    }
    for (int i = (int) history.index + 1; i < released.size(); i++) {
      if (released.get(i) != null) {
        throw new Violation(
            "output commit: "
                + released.get(i)
                + " left, the surviving history of "
                + node.id
                + " ends at "
                + history);
      }
    }
  }

  /** A switchover was carried out: nothing that the guest did before it is rolled back. */
  void onMoved(SimProcess from, GuestHistory history) {
    SimProcess owner = world.owner();
    GuestHistory goesOn =
        owner == null
            ? history
            : owner.role instanceof Runner runner
                ? runner.history()
                : ((Holder) owner.role).committedHistory();
    if (!goesOn.contains(history)) {
      throw new Violation(
          "switchover: "
              + from.id
              + " handed the guest over at "
              + history
              + ", it goes on at "
              + owner.id
              + " without that: "
              + goesOn);
    }
  }

  // ---- 3. one owner

  /** The register changes. */
  void onRegister(Register before, Register after) {
    world.log(-1, "register: " + after);
    if (after.ownership() instanceof Ownership.Ended) {
      world.durability.onEnded(after);
    }
    if (after.generation() != before.generation() + 1) {
      throw new Violation("one owner: " + after + " written over " + before);
    }
    boolean legal =
        switch (before.ownership()) {
          case Ownership.Ended() -> false;
          case Ownership.Solo(NodeId owner) ->
              after.ownership() instanceof Ownership.Ended
                  || after.ownership().equals(new Ownership.Saved(owner))
                  || isSuccessor(after, owner)
                  || after.ownership() instanceof Ownership.Protected(NodeId p, NodeId b)
                      && p.equals(owner)
                  || after.ownership().equals(before.ownership());
          case Ownership.Saved(NodeId by) -> isSuccessor(after, by);
          case Ownership.Protected(NodeId primary, NodeId backup) ->
              after.ownership() instanceof Ownership.Ended
                  || after.ownership() instanceof Ownership.Solo(NodeId o)
                      && (o.equals(primary) || o.equals(backup));
        };
    if (!legal) {
      throw new Violation("one owner: " + after + " replaces " + before);
    }
  }

  /** A later process of the node that had the guest alone goes on with what it has on its disk. */
  private boolean isSuccessor(Register after, NodeId before) {
    for (SimProcess node : world.nodes) {
      boolean isSavedThere = node.saved != null && node.saved.isOf(before);
      if (isSavedThere && after.ownership().equals(new Ownership.Solo(node.id))) {
        return true;
      }
    }
    return false;
  }

  /** At every step: who lets output pass freely is the solo owner. */
  void onStep() {
    for (SimProcess node : world.nodes) {
      if (node.alive && node.role instanceof Runner primary && primary.isGateOpen()) {
        boolean owns =
            world.arbiter.register.ownership() instanceof Ownership.Solo(NodeId id)
                && id.equals(node.id);
        if (!owns) {
          throw new Violation(
              "one owner: "
                  + node.id
                  + " ("
                  + primary.describe()
                  + ") lets output pass, the"
                  + " register says "
                  + world.arbiter.register);
        }
      }
    }
  }

  // ---- 2. and 5. whole epochs, no drift

  /** A takeover restores: the image is at the last commit. */
  void onRestored(SimProcess node, SimImage image) {
    long[] expected = replayOf(image.history);
    if (!java.util.Arrays.equals(expected, image.pages)
        || world.machine && !java.util.Arrays.equals(diskOf(image.history), image.disk)) {
      throw new Violation(
          "whole epochs: the image that "
              + node.id
              + " restores is not its last commit "
              + image.history);
    }
  }

  /** What the model guest's pages are after this history. */
  private static long[] replayOf(GuestHistory history) {
    ArrayDeque<GuestHistory> order = new ArrayDeque<>();
    for (GuestHistory at = history; at.before != null; at = at.before) {
      order.push(at);
    }
    long[] pages = new long[SimGuest.PAGES];
    for (GuestHistory entry : order) {
      int page = (int) Math.floorMod(entry.token, (long) SimGuest.PAGES);
      pages[page] = pages[page] * 31 + entry.token;
    }
    return pages;
  }

  /** What a machine's disk is after this history. */
  private static long[] diskOf(GuestHistory history) {
    ArrayDeque<GuestHistory> order = new ArrayDeque<>();
    for (GuestHistory at = history; at.before != null; at = at.before) {
      order.push(at);
    }
    long[] disk = new long[SimGuest.DISK_BLOCKS];
    for (GuestHistory entry : order) {
      if (SimGuest.isWrite(entry.token)) {
        int block = SimGuest.diskBlock(entry.token);
        disk[block] = disk[block] * 31 + entry.token;
      }
    }
    return disk;
  }

  /** An epoch is committed: the disk is where the guest's was at the capture. */
  void onCommitted(SimProcess node, SimCapture captured, long[] disk) {
    if (!java.util.Arrays.equals(captured.disk, disk)) {
      throw new Violation(
          "whole epochs: the disk of "
              + node.id
              + " at epoch "
              + captured.epoch
              + " differs from what was captured");
    }
  }

  /** So many epochs are kept until acked: what is in flight is bounded. */
  void onKept(SimProcess node, int epochs) {
    if (epochs > MOST_UNACKED) {
      throw new Violation("bounds: " + epochs + " epochs of " + node.id + " are unacked");
    }
  }

  /** The image moved to an epoch: it equals what was captured, bit for bit. */
  void onApplied(SimProcess node, SimCapture captured, long[] image) {
    if (!java.util.Arrays.equals(captured.pages, image)) {
      throw new Violation(
          "drift: the image of "
              + node.id
              + " at epoch "
              + captured.epoch
              + " differs from what was captured");
    }
  }
}
