package org.understudy.simulation;

import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterPort;

/** A process's way to the arbiter; it may die before each request. */
record SimRegisterPort(SimProcess process, Runnable openGate) implements RegisterPort {
  @Override
  public void readRegister(long request) {
    process.step();
    process.world.arbiter.read(process, request);
  }

  @Override
  public void compareAndSet(long request, Register next) {
    process.step();
    if (process.world.planted == PlantedFault.OPEN_BEFORE_WON
        && next.ownership() instanceof Ownership.Solo) {
      openGate.run();
    }
    process.world.arbiter.write(process, request, next);
  }
}
