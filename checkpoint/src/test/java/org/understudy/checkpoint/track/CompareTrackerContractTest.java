package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.GuestMemory;

class CompareTrackerContractTest extends DirtyTrackerContract {
  @Override
  DirtyTracker create(GuestMemory memory, int stagingPages) {
    return new CompareTracker(memory);
  }
}
