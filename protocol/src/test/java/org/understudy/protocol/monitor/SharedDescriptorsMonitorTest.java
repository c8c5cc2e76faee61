package org.understudy.protocol.monitor;

/** The same where a thread cannot have descriptors of its own. */
class SharedDescriptorsMonitorTest extends TcpPeerMonitorTest {
  @Override
  boolean privateDescriptors() {
    return false;
  }
}
