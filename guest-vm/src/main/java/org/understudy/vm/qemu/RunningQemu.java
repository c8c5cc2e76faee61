package org.understudy.vm.qemu;

import org.understudy.vm.qmp.QmpClient;

/** A QEMU process and the connection to it, whoever started it. */
public interface RunningQemu {
  /** The connection. */
  QmpClient qmp();

  /** Process number of QEMU. */
  long pid();

  /** Whether it runs. */
  boolean isAlive();

  /** How it ended, if it has, and the end of what it said on its output, bounded. */
  String lastWords();

  /** Waits until it has ended; false where the time was not enough. */
  boolean awaitEnd(long timeoutNs);

  /** Ends it with SIGKILL and waits until it is gone. */
  void kill();
}
