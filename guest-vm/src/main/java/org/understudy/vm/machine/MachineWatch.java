package org.understudy.vm.machine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qmp.QmpEvent;
import org.understudy.vm.qmp.QmpException;

/** What a QEMU's events mean to the node. */
public final class MachineWatch implements QmpEvent.Listener {
  private static final Logger LOG = LoggerFactory.getLogger("understudy.vm");

  /** Told on the connection's thread. */
  public interface Listener {
    /** The guest ended by itself. */
    void onGuestEnded(String reason);

    /** QEMU is gone. */
    void onQemuGone(String reason);
  }

  private final ResetWords resets = new ResetWords();
  private Listener listener;
  private String ended;
  private String gone;

  /** Whoever listens is told at once of what was before. */
  public synchronized void listener(Listener newListener) {
    listener = newListener;
    if (ended != null) {
      listener.onGuestEnded(ended);
    }
    if (gone != null) {
      listener.onQemuGone(gone);
    }
  }

  @Override
  public void onEvent(QmpEvent event) {
    switch (event.name()) {
      case "SHUTDOWN" -> onShutdown(event);
      case "GUEST_PANICKED" -> onEnded("the guest panicked: " + event.text("action"));
      case "RESET" -> {
        if (resets.isFirst(event.happenedNs())) {
          LOG.info("the guest was reset: {}", event.text("reason"));
        }
      }
      case "BLOCK_IO_ERROR" ->
          LOG.error("disk {} failed: {}", event.text("device"), event.text("reason"));
      case "DEVICE_DELETED", "MEMORY_DEVICE_SIZE_CHANGE", "BALLOON_CHANGE" ->
          LOG.warn(
              "the machine changed ({}): a backup may not be able to restore it", event.name());
      default -> {
        // of no meaning here
      }
    }
  }

  /** Only a guest ends itself: of a QEMU that is told to end the other node may have a copy. */
  private void onShutdown(QmpEvent event) {
    String reason = event.text("reason");
    if (event.data().path("guest").asBoolean(true)) {
      onEnded("the guest was shut down: " + reason);
    } else {
      LOG.warn("QEMU was told to end from outside ({})", reason);
    }
  }

  private synchronized void onEnded(String reason) {
    ended = reason;
    if (listener != null) {
      listener.onGuestEnded(reason);
    }
  }

  @Override
  public synchronized void onClosed(QmpException cause) {
    gone = "QEMU is gone: " + cause.getMessage();
    if (listener != null) {
      listener.onQemuGone(gone);
    }
  }
}
