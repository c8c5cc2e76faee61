package org.understudy.simulation;

import org.understudy.backup.session.BackupActions;
import org.understudy.backup.session.HelloAnswer;
import org.understudy.backup.session.HelloContent;
import org.understudy.pair.ownership.RegisterPort;
import org.understudy.pair.session.Goodbye;
import org.understudy.primary.session.PeerHello;

/** Does what a backup's session decides; the process may die before each action. */
final class SimBackupActions implements BackupActions {
  private final SimBackup backup;
  private final SimProcess process;
  private final World world;

  SimBackupActions(SimBackup backup) {
    this.backup = backup;
    process = backup.process;
    world = backup.world;
  }

  @Override
  public void sendHello(HelloContent hello) {
    process.step();
    backup.nextTarget++;
    process.send(
        backup.target(),
        new Message(Message.Type.HELLO)
            .content(
                new PeerHello(
                    process.id,
                    hello.helloId(),
                    hello.registerId(),
                    hello.peerIncarnation(),
                    hello.lastLinkSession(),
                    hello.lastCommittedEpoch(),
                    hello.lastOutputReceived(),
                    hello.completeImage(),
                    hello.hasBase(),
                    null,
                    null)));
  }

  @Override
  public boolean hasBase() {
    return process.leftMemory.words() != null;
  }

  private void sendIn(long generation, long linkSession, Message message) {
    process.step();
    message.generation = generation;
    message.linkSession = linkSession;
    process.send(backup.target(), message);
  }

  @Override
  public boolean sendHeartbeat(long generation, long linkSession) {
    sendIn(generation, linkSession, new Message(Message.Type.HEARTBEAT));
    return true;
  }

  @Override
  public void sendAck(long generation, long linkSession, long epoch) {
    sendIn(generation, linkSession, new Message(Message.Type.ACK).number(epoch));
  }

  @Override
  public void sendOutputAck(long generation, long linkSession, long sequence) {
    sendIn(generation, linkSession, new Message(Message.Type.OUTPUT_ACK).number(sequence));
  }

  @Override
  public void sendGoodbye(long generation, long linkSession, Goodbye reason, String text) {
    sendIn(generation, linkSession, new Message(Message.Type.GOODBYE).content(reason));
  }

  @Override
  public void useLink(long generation, long linkSession) {
    backup.generation = generation;
    backup.linkSession = linkSession;
  }

  @Override
  public void startImage(HelloAnswer answer) {
    process.step();
    process.closeClients();
    backup.image.clear("a copy begins");
    backup.base = answer.overBase() ? process.leftMemory.words() : null;
    if (answer.overBase()) {
      System.arraycopy(backup.base, 0, backup.image.pages, 0, backup.base.length);
    }
    backup.held.clear();
    backup.beyond.clear();
    backup.waiting().clear();
    backup.mirrored().clear();
    backup.restartStandby();
    backup.log.restartAfter(answer.lastInputReceived());
    backup.sentInput = answer.lastInputReceived();
  }

  @Override
  public void resendInputs(long afterInput) {
    process.step();
    world.statistics.resumes++;
    backup.sentInput =
        world.planted == PlantedFault.RESEND_FROM_COMMIT
            ? backup.log.firstSequence() - 1
            : afterInput;
  }

  @Override
  public void abortStaging() {
    backup.image.abort();
  }

  @Override
  public String takeRound() {
    if (isDiskFull()) {
      return "disk full";
    }
    if (world.planted != PlantedFault.DISK_OF_ROUNDS_FORGOTTEN) {
      backup.image.writeDisk();
    }
    return null;
  }

  @Override
  public String prepareCommit(long epoch) {
    process.step();
    if (isDiskFull()) {
      backup.image.abort();
      return "disk full";
    }
    backup.image.writeDisk();
    return null;
  }

  private boolean isDiskFull() {
    return process.lacks(Resource.DISK) || process.diskFull;
  }

  @Override
  public void commit(long epoch) {
    process.step();
    for (Answer reply : backup.image.stagedOutput()) {
      backup.held.add(new SimBackup.Held(epoch, reply, 0));
    }
    backup.image.commit();
    if (epoch == 0) {
      backup.tryStandby();
    }
    if (world.planted != PlantedFault.FORGET_INPUT_POSITION) {
      backup.log.trim(backup.image.inputPosition);
    }
    backup.beyond.commit(backup.image.inputPosition);
    backup.clock.continueFrom(backup.image.stampNs, process.nowNs());
  }

  @Override
  public void releaseOutput(long epoch) {
    process.step();
    backup.releaseHeld();
  }

  @Override
  public void acceptClients(boolean on) {
    process.accepting = on;
  }

  @Override
  public void discard(String reason) {
    process.closeClients();
    backup.image.clear(reason);
    backup.held.clear();
  }

  @Override
  public void endClients(String reason) {
    while (!backup.held.isEmpty()) {
      process.reply(backup.held.poll().reply());
    }
    process.closeClients();
    backup.image.clear(reason);
  }

  @Override
  public void takeOver() {
    // The simulated process does it, a part in each of its duty cycles.
  }

  @Override
  public RegisterPort arbiter() {
    return new SimRegisterPort(process, () -> {});
  }
}
