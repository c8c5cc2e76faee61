package org.understudy.protocol.monitor;

/** Sealed lines where a thread cannot have descriptors of its own. */
class SealedSharedDescriptorsMonitorTest extends SealedMonitorTest {
  @Override
  boolean privateDescriptors() {
    return false;
  }
}
