package org.understudy.vm.qemu;

import org.understudy.vm.qmp.QmpClient;

/** A QEMU process and the connection to it, whoever started it. */
public interface RunningQemu {
  /** The connection. */
  QmpClient qmp();

  /** Its process number. */
  long pid();

  /** Whether it runs. */
  boolean isAlive();

  /** The end of what it said on its output, bounded; empty where that goes elsewhere. */
  String lastWords();

  /** Ends it with SIGKILL and waits until it is gone. */
  void kill();
}
