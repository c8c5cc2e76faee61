package org.understudy.vm.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpRequests;
import org.understudy.vm.qmp.QmpTrigger;

/**
 * The two requests that a paused guest waits for, to write its devices' state and to let it run on,
 * on a monitor of their own: QEMU has read each of them when it is needed. Opened while a guest is
 * captured; where QEMU has no such monitor it is never ready.
 */
final class SaveLine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SaveLine.class);

  private final Path socket;
  private final Path file;
  private QmpTrigger trigger;
  private boolean isSaveLoaded;
  private boolean isAbsent;

  SaveLine(Path socket, Path file) {
    this.socket = socket;
    this.file = file;
  }

  /** Whether {@link #save} can be asked for. */
  boolean isReady() {
    return isSaveLoaded;
  }

  /** While the guest runs: QEMU is told all but the last byte of the next request. */
  void ready(long timeoutNs) {
    if (trigger == null) {
      open(timeoutNs);
    }
    if (trigger != null) {
      trigger.load(new QmpRequests.SaveDevices(file));
      isSaveLoaded = true;
    }
  }

  private void open(long timeoutNs) {
    if (isAbsent || !Files.exists(socket)) {
      isAbsent = true;
      return;
    }
    try {
      trigger = QmpTrigger.connect(socket, timeoutNs);
    } catch (IOException | QmpException e) {
      isAbsent = true;
      LOG.info("pauses are longer than need be: no second monitor at {}: {}", socket, e.toString());
    }
  }

  /** Of a guest that stands still. */
  void save() {
    isSaveLoaded = false;
    trigger.pull();
  }

  /** After {@link #save}. The request to run on is read while QEMU writes. */
  void awaitSaved(long timeoutNs) {
    trigger.load(new QmpRequests.Cont());
    trigger.await(timeoutNs);
  }

  /** After {@link #awaitSaved}; when it returns the guest runs. */
  void resume(long timeoutNs) {
    trigger.pull();
    trigger.await(timeoutNs);
  }

  /** Until it is {@linkplain #ready made ready} again. */
  @Override
  public void close() {
    isSaveLoaded = false;
    if (trigger != null) {
      QmpTrigger closing = trigger;
      trigger = null;
      closing.close();
    }
  }
}
