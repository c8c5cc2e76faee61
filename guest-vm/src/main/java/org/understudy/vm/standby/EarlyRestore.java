package org.understudy.vm.standby;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore that goes on while the claim is on its way to the register. Nothing of it can be seen:
 * the guest is paused and its taps are not connected. Where the claim is lost it is thrown away
 * with the image.
 */
final class EarlyRestore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  private final WaitingMachine machine;
  private final CompletableFuture<Boolean> loaded = new CompletableFuture<>();

  private EarlyRestore(WaitingMachine machine) {
    this.machine = machine;
  }

  /** Begins; the state must not change until {@link #await} has returned. */
  static EarlyRestore start(WaitingMachine machine, ByteBuffer state, long timeoutNs) {
    EarlyRestore restore = new EarlyRestore(machine);
    machine.beginTakeover();
    Thread.ofPlatform().daemon().name("vm-restore").start(() -> restore.load(state, timeoutNs));
    return restore;
  }

  private void load(ByteBuffer state, long timeoutNs) {
    try {
      machine.loader().load(state, timeoutNs);
      loaded.complete(true);
    } catch (RuntimeException | Error e) { // whoever waits for it would wait for ever
      LOG.warn("an early restore failed, another one follows: {}", e.toString());
      loaded.complete(false);
    }
  }

  /** Waits until the state is loaded; null where that failed, and the machine has ended then. */
  WaitingMachine await() {
    if (loaded.join() && machine.isAlive()) {
      return machine;
    }
    machine.close();
    return null;
  }

  /** Nobody needs it. */
  @Override
  public void close() {
    machine.close(); // a load that is under way fails
    loaded.join();
  }
}
