package org.understudy.vm.net;

import org.agrona.DirectBuffer;

/** Takes frames. */
@FunctionalInterface
public interface FrameSink {
  /**
   * One frame, its vnet header included; the bytes are valid during the call only.
   *
   * @param nic number of the guest's interface, in the order of its config
   */
  void onFrame(int nic, DirectBuffer buffer, int offset, int length);
}
