package org.understudy.simulation;

import java.util.HashMap;
import java.util.Map;
import org.understudy.checkpoint.guest.CaptureKind;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.pair.session.Reject;
import org.understudy.primary.session.PeerHello;
import org.understudy.primary.session.PrimaryActions;

/** Does what a primary's session decides; the process may die before each action. */
final class SimPrimaryActions implements PrimaryActions {
  private final SimPrimary primary;
  private final SimProcess process;
  private final World world;

  /** To which node a link session leads: to one that was let go there is no other way. */
  private final Map<Long, NodeId> offered = new HashMap<>();

  SimPrimaryActions(SimPrimary primary) {
    this.primary = primary;
    process = primary.process;
    world = primary.world;
  }

  private void sendTo(NodeId node, Message message) {
    for (SimProcess other : world.nodes) {
      if (other.id.name().equals(node.name())) {
        process.send(other.index, message);
      }
    }
  }

  /** What a HelloReply carries beside its numbers. */
  record Answer(
      NodeId node,
      long generation,
      long linkSession,
      boolean resume,
      boolean overBase,
      long lastInputReceived) {}

  /** What a HelloReject carries beside its numbers. */
  record Refusal(NodeId node, Reject code, String text) {}

  @Override
  public void sendHelloReply(
      PeerHello hello, long generation, long linkSession, boolean resume, long lastInputReceived) {
    process.step();
    offered.put(linkSession, hello.node());
    sendTo(
        hello.node(),
        new Message(Message.Type.HELLO_REPLY)
            .number(hello.helloId())
            .content(
                new Answer(
                    process.id,
                    generation,
                    linkSession,
                    resume,
                    !resume && hello.hasBase(),
                    lastInputReceived)));
  }

  @Override
  public void sendHelloReject(PeerHello hello, long generation, Reject code, String text) {
    process.step();
    sendTo(
        hello.node(),
        new Message(Message.Type.HELLO_REJECT)
            .number(hello.helloId())
            .content(new Refusal(process.id, code, text)));
  }

  @Override
  public boolean sendHeartbeat(long generation, long linkSession) {
    process.step();
    sendIn(generation, linkSession, new Message(Message.Type.HEARTBEAT));
    return true;
  }

  @Override
  public void sendProtected(long generation, long linkSession, long protectedGeneration) {
    process.step();
    sendIn(
        generation, linkSession, new Message(Message.Type.PROTECTED).number(protectedGeneration));
  }

  @Override
  public void sendGoodbye(long generation, long linkSession, Goodbye reason, String text) {
    process.step();
    Message goodbye = new Message(Message.Type.GOODBYE).content(reason);
    goodbye.generation = generation;
    goodbye.linkSession = linkSession;
    if (offered.containsKey(linkSession)) {
      sendTo(offered.get(linkSession), goodbye);
    }
  }

  private void sendIn(long generation, long linkSession, Message message) {
    message.generation = generation;
    message.linkSession = linkSession;
    primary.sendRaw(message);
  }

  @Override
  public void useLink(long generation, long linkSession) {
    primary.generation = generation;
    primary.linkSession = linkSession;
    if (linkSession == 0) {
      primary.queue.clear();
    }
  }

  @Override
  public void startCopy(long copy) {
    process.step();
    primary.dropCopy();
    if (world.planted != PlantedFault.SHADOW_KEPT) {
      primary.shadow.forget();
    }
    primary.guest.allDirty();
  }

  @Override
  public void awaitBase() {
    process.step();
  }

  @Override
  public void requestCapture(CaptureKind kind) {
    process.step();
    primary.control.request(primary.session.copy(), kind);
  }

  @Override
  public void resumeGuest(boolean paced) {
    process.step();
    primary.saving.goOn();
    primary.control.resume(
        primary.session.copy(), paced ? CaptureKind.CHECKPOINT : CaptureKind.NONE);
  }

  @Override
  public boolean isOutputSettled() {
    return true;
  }

  @Override
  public void stopCopy() {
    process.step();
    primary.dropCopy();
  }

  @Override
  public void resend(long afterEpoch, long afterOutput) {
    process.step();
    primary.queue.clear();
    primary.retained.forEachAfter(Math.max(afterEpoch, primary.lostEpoch), primary.queue::add);
  }

  @Override
  public void forgetRetained(long epoch) {
    primary.control.acked(epoch);
    primary.retained.forget(epoch, message -> {});
  }

  @Override
  public void releaseOutput(long epoch) {
    process.step();
    boolean early = world.planted == PlantedFault.FRAMES_ONE_EPOCH_EARLY;
    primary.gate.release(early ? epoch + 1 : epoch);
  }

  @Override
  public void openGate() {
    process.step();
    primary.gate.open();
  }

  @Override
  public void saveGuest(long copy) {
    primary.saving.start();
  }

  @Override
  public boolean abandonSave() {
    return primary.saving.abandon();
  }

  @Override
  public void discardOutput() {
    primary.gate.discard();
  }

  @Override
  public void serveLocally(boolean on) {
    if (!on && world.llm) {
      if (world.planted == PlantedFault.LOCAL_CLIENTS_KEPT) {
        return;
      }
      process.closeClients();
      primary.guest.local.clear();
    }
    process.accepting = on;
  }

  @Override
  public void closeRemoteSessions() {
    primary.guest.remote.clear();
  }

  @Override
  public void stopGuest(String reason) {
    process.step();
    if (!primary.guestFailed) {
      world.durability.onGivenUp(process, reason);
    }
    primary.guestStopped = true;
    process.accepting = false;
  }

  @Override
  public RegisterPort arbiter() {
    return new SimRegisterPort(process, primary.gate::open);
  }
}
