package org.understudy.vm.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.vm.qmp.QmpClient;
import org.understudy.vm.qmp.QmpEvent;
import org.understudy.vm.qmp.QmpException;
import org.understudy.vm.qmp.QmpRequests;

/** A running QEMU and the QMP connection to it; it dies with this process. */
public final class QemuProcess implements RunningQemu, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);
  private static final long CONNECT_RETRY_NS = 2_000_000;
  private static final long STOP_TIMEOUT_NS = 5_000_000_000L;

  private final Process process;
  private final OutputTail lastWords;
  private final Path qmpSocket;
  private QmpClient qmp;

  private QemuProcess(Process process, Path qmpSocket) {
    this.process = process;
    this.qmpSocket = qmpSocket;
    lastWords = new OutputTail(process.getInputStream(), "qemu-output-" + process.pid());
  }

  /**
   * Starts it and connects.
   *
   * @param command from {@link QemuCommandLine}
   * @param qmpSocket the one named in the command; a file left there is removed
   * @param listener takes its events
   * @throws QemuException where it ends or does not answer in time, with what it said
   */
  public static QemuProcess start(
      List<String> command, Path qmpSocket, QmpEvent.Listener listener, long timeoutNs) {
    QemuProcess qemu;
    try {
      Files.deleteIfExists(qmpSocket);
      Files.deleteIfExists(VmPlace.saveSocket(qmpSocket));
      qemu = new QemuProcess(TiedProcess.start(command), qmpSocket);
    } catch (IOException e) {
      throw new QemuException(e.getMessage(), e);
    }
    try {
      qemu.connect(listener, System.nanoTime() + timeoutNs);
      QemuThreads.hurry(qemu.pid(), qemu.qmp, timeoutNs);
      return qemu;
    } catch (RuntimeException e) {
      qemu.kill();
      throw e;
    }
  }

  private void connect(QmpEvent.Listener listener, long deadlineNs) {
    while (qmp == null) {
      long leftNs = deadlineNs - System.nanoTime();
      if (leftNs <= 0) {
        throw new QemuException("QEMU did not open " + qmpSocket + " in time; " + said());
      }
      try {
        qmp = QmpClient.connect(qmpSocket, listener, leftNs);
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw new QemuException("QEMU " + lastWords(), e);
        }
        LockSupport.parkNanos(CONNECT_RETRY_NS); // it has not opened the socket yet
      } catch (QmpException e) {
        throw new QemuException("QEMU does not speak QMP: " + e.getMessage() + "; " + said(), e);
      }
    }
  }

  /** The connection. */
  @Override
  public QmpClient qmp() {
    return qmp;
  }

  /** Process number of QEMU: setpriv and the shell before it became QEMU in the same process. */
  @Override
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public String lastWords() {
    String said = said();
    return process.isAlive() ? said : ExitWords.of(process.exitValue()) + "; " + said;
  }

  /** Waits until it has ended; false where the time was not enough. */
  public boolean awaitExit(long timeoutNs) throws InterruptedException {
    return process.waitFor(timeoutNs, TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean awaitEnd(long timeoutNs) {
    try {
      return awaitExit(timeoutNs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !process.isAlive();
    }
  }

  /** Ends it with SIGKILL and waits until it is gone. */
  @Override
  public void kill() {
    process.destroyForcibly();
    awaitGone();
  }

  /** Asks it to end, and kills it where it does not. The guest is not asked. */
  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        qmp.execute(new QmpRequests.Quit(), STOP_TIMEOUT_NS);
        process.waitFor(STOP_TIMEOUT_NS, TimeUnit.NANOSECONDS);
      } catch (QmpException e) {
        LOG.debug("QEMU {} did not take the quit: {}", pid(), e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    kill();
  }

  private void awaitGone() {
    try {
      process.waitFor();
      lastWords.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // killed it is either way
    }
    if (qmp != null) {
      qmp.close();
    }
    try {
      Files.deleteIfExists(qmpSocket);
      Files.deleteIfExists(VmPlace.saveSocket(qmpSocket));
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", qmpSocket, e.toString());
    }
  }

  private String said() {
    try {
      if (!process.isAlive()) {
        lastWords.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String text = lastWords.text();
    return text.isEmpty() ? "it said nothing" : "it said: " + text;
  }
}
