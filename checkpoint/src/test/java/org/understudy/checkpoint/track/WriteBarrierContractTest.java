package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.GuestMemory;

class WriteBarrierContractTest extends DirtyTrackerContract {
  @Override
  DirtyTracker create(GuestMemory memory, int stagingPages) {
    return new WriteBarrier(memory, stagingPages);
  }
}
