package org.understudy.vm.attach;

import java.util.Map;
import org.understudy.vm.qemu.RunningQemu;
import org.understudy.vm.qmp.QmpClient;

/**
 * A QEMU that something else started. It is no child of this process, so it does not die with it.
 */
public final class AttachedQemu implements RunningQemu {
  private final QmpClient qmp;
  private final AttachedProcess process;
  private final Map<String, String> netdevs;

  /**
   * Of a machine that may be protected.
   *
   * @param netdevs what QEMU calls the host sides of its interfaces, by the config's names
   */
  public AttachedQemu(QmpClient qmp, AttachedProcess process, Map<String, String> netdevs) {
    this.qmp = qmp;
    this.process = process;
    this.netdevs = Map.copyOf(netdevs);
  }

  /** What it calls the host sides of its interfaces, by the config's names. */
  public Map<String, String> netdevs() {
    return netdevs;
  }

  @Override
  public QmpClient qmp() {
    return qmp;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isAlive() {
    return process.isRunning();
  }

  @Override
  public String lastWords() {
    return "how it ended and what it said knows who started it";
  }

  @Override
  public boolean awaitEnd(long timeoutNs) {
    return process.awaitEnd(timeoutNs);
  }

  @Override
  public void kill() {
    process.kill();
    qmp.close();
  }
}
