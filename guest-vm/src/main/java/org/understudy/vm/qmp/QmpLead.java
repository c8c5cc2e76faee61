package org.understudy.vm.qmp;

import java.io.IOException;
import java.nio.channels.Selector;

/** The right to read a connection on one's own thread, from {@link QmpClient#lead} to the close. */
public final class QmpLead implements AutoCloseable {
  private final QmpReader reader;
  private boolean isClosed;

  QmpLead(QmpReader reader) {
    this.reader = reader;
    reader.lead();
  }

  /** Channels registered there end {@link #await} as well. */
  public Selector selector() {
    return reader.selector();
  }

  /** Waits until something came at the selector; events of QEMU were delivered then. */
  public void await(long deadlineNs) throws IOException {
    reader.awaitMore(deadlineNs);
  }

  /** Takes what is there already, without waiting. */
  public void poll() {
    reader.readAvailable();
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      reader.follow();
    }
  }
}
