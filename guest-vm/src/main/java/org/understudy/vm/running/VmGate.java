package org.understudy.vm.running;

import org.understudy.checkpoint.guest.OutputGate;

/** The gate of a machine: its network's, which opens to solo only when its disks are durable. */
record VmGate(GatedNetwork network, GatedDisks disks) implements OutputGate {
  @Override
  public void close() {
    disks.gateClosed();
    network.close();
  }

  @Override
  public void cut(long epoch) {
    network.cut(epoch);
  }

  @Override
  public void release(long epoch) {
    network.release(epoch);
  }

  @Override
  public void open() {
    disks.enterSolo();
    network.open();
  }

  @Override
  public void discard() {
    network.discard();
  }
}
