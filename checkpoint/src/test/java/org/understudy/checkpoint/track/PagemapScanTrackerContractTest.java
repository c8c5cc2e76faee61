package org.understudy.checkpoint.track;

import org.understudy.checkpoint.memory.GuestMemory;

class PagemapScanTrackerContractTest extends DirtyTrackerContract {
  @Override
  DirtyTracker create(GuestMemory memory, int stagingPages) {
    HostSupport.requirePagemapScan();
    return new PagemapScanTracker(memory, stagingPages);
  }
}
