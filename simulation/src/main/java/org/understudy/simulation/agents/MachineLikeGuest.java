package org.understudy.simulation.agents;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.guest.GuestLoad;
import org.understudy.checkpoint.guest.InputKind;
import org.understudy.checkpoint.memory.GuestMemory;

/**
 * A guest like a machine: frames come to its own address and leave by its own gate, connections are
 * in its memory, it writes to a disk, and no log has its inputs.
 */
public final class MachineLikeGuest extends AgentGuest {
  /** How long frames still come to a node that the machine has left. */
  private static final long INPUT_LINGER_NS = 20_000_000;

  private static final int FRAME_BYTES = 2 * Long.BYTES;

  private record Frame(long connection, long request) {}

  private final AgentDisk disk;
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private long mirrored;

  /** A new machine, or one that goes on with this memory and disk. */
  public MachineLikeGuest(
      Surroundings around, GuestDescription description, GuestMemory memory, AgentDisk disk) {
    super(around, description, memory, around::answered);
    this.disk = disk;
  }

  /** The type of a machine of so many pages. */
  public static GuestDescription description(int pages) {
    return GuestState.description(pages, false, false);
  }

  // ---- its network

  /** A frame for its address. */
  public void onFrame(long connection, long request) {
    if (host != null) {
      UnsafeBuffer bytes = new UnsafeBuffer(new byte[FRAME_BYTES]);
      bytes.putLong(0, connection, ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(Long.BYTES, request, ByteOrder.LITTLE_ENDIAN);
      host.offerMirrored(++mirrored, 0, 0, bytes, 0, FRAME_BYTES);
    }
    onMirrored(connection, request);
  }

  /** One that another node passes on. */
  void onMirrored(long connection, long request) {
    if (!isStopped() && frames.size() < MOST_WAITING) {
      frames.add(new Frame(connection, request));
      wakeUp();
    }
  }

  /** A committed answer that may never have left the node before. */
  void sendAgain(long connection, long ofEntry) {
    gate.pass(connection, ofEntry);
  }

  // ---- the agent's side

  @Override
  public boolean offerInput(
      long sequence,
      long stampNs,
      InputKind kind,
      long sessionId,
      DirectBuffer bytes,
      int offset,
      int length) {
    around.violation("a machine has no logged inputs");
    return true;
  }

  @Override
  public void serveLocally(boolean on) {
    // Its clients come over its network, wherever it runs.
  }

  @Override
  public long inputLingerNs() {
    return INPUT_LINGER_NS;
  }

  @Override
  public int queuedInputs() {
    return 0;
  }

  // ---- the guest's thread

  @Override
  boolean work() {
    boolean worked = false;
    for (int i = 0; i < EVENTS_PER_TURN && mayRun() && !frames.isEmpty(); i++) {
      receive(frames.poll());
      afterEvent();
      worked = true;
    }
    return worked;
  }

  private boolean mayRun() {
    return !isPaused() && gate.held() < MOST_WAITING;
  }

  /** The next request of a connection, or one that was answered before; a gap never comes. */
  private void receive(Frame frame) {
    int client = (int) (frame.connection >>> 32) - 1;
    long taken = state.lastRequest(client);
    if (frame.request == taken + 1) {
      entry = around.consumed(entry, frame.connection, frame.request);
      state.consumed(entry, around.choiceAt(entry));
      disk.consumed(around.choiceAt(entry));
      state.lastRequest(client, frame.request, entry);
      gate.pass(frame.connection, entry);
    } else if (frame.request == taken && taken > 0) {
      gate.pass(frame.connection, state.lastEntry(client));
    }
    load.consumedInputs++;
  }

  @Override
  void measure(GuestLoad into) {
    into.outputBytes = (long) gate.uncut() * Long.BYTES;
    into.fullestQueuePercent = Math.min(100, 100 * gate.held() / MOST_WAITING);
  }

  @Override
  AgentCapture.Sections take(CaptureKind kind) {
    if (kind == CaptureKind.ROUND) {
      return AgentCapture.Sections.ofRound(disk.takeRound(), !disk.isCopied());
    }
    boolean isAlone = kind == CaptureKind.HANDOVER && disk.isNothingCopied();
    if (!disk.isCopied() && !isAlone) {
      around.violation("whole epochs: a disk is cut that is not copied yet");
    }
    return AgentCapture.Sections.ofMachine(disk.take(), gate.copyUncut());
  }

  @Override
  long stampOfCaptureNs() {
    return state.stampNs();
  }

  @Override
  void onTrackingStarts() {
    disk.startCopy();
  }

  @Override
  void onTrackingStops() {
    disk.stopCopy();
  }

  /** Of the disk as it is. */
  public AgentDisk copyOfDisk() {
    return disk.copy();
  }

  @Override
  long[] disk() {
    return disk.blocks();
  }

  @Override
  String waits() {
    return "frames " + frames.size() + ", held " + gate.held();
  }
}
