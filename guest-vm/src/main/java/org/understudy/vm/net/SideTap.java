package org.understudy.vm.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.host.LinuxCalls;
import org.understudy.host.socket.NetCalls;

/**
 * A tap of the node's own on the bridge of one of the guest's interfaces. The backup reads frames
 * for the guest from it while nobody runs the guest, and sends the guest's frames that may not have
 * left. The kernel lets only frames to the guest's own address into it, and since no offloads are
 * set it has summed and cut them. Gone when closed. One thread may poll while another sends.
 */
public final class SideTap implements AutoCloseable {
  /** Frames of one poll. */
  public static final int POLL_LIMIT = 64;

  /** More than the kernel's queue of a tap has. */
  private static final int DROP_POLLS = 64;

  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETTXFILTER = 0x400454d1L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final short TAP_WITHOUT_INFO_WITH_VNET_HEADER = (short) (0x2 | 0x1000 | 0x4000);

  private static final String DEVICE = "/dev/net/tun";

  private final String name;
  private final int nic;
  private final int fd;
  private final Arena arena = Arena.ofShared();
  private final UnsafeBuffer received = buffer();
  private final UnsafeBuffer sending = buffer();
  private long receivedFrames;
  private long sentFrames;
  private volatile long droppedFrames;
  private boolean closed;

  private SideTap(String name, int nic, int fd) {
    this.name = name;
    this.nic = nic;
    this.fd = fd;
  }

  /**
   * Makes the tap in the namespace of the calling thread, joins it to the bridge and switches it
   * on.
   *
   * @param name of the tap, which must not exist
   * @param nic number of the guest's interface
   * @param mac address of that interface
   */
  public static SideTap open(String bridge, String name, int nic, String mac) {
    int fd = LinuxCalls.open(DEVICE, LinuxCalls.O_RDWR | NetCalls.O_NONBLOCK, 0);
    if (fd < 0) {
      throw NetException.of("cannot open " + DEVICE, fd, openRemedy(fd));
    }
    SideTap tap = new SideTap(name, nic, fd);
    try {
      tap.create(Frames.mac(mac));
      NetDevices.keepFromNamingBridge(name);
      NetDevices.joinBridge(bridge, name);
      NetDevices.up(name);
      return tap;
    } catch (RuntimeException e) {
      tap.close();
      throw e;
    }
  }

  private static String openRemedy(int result) {
    return switch (-result) {
      case LinuxCalls.ENOENT, NetCalls.ENODEV ->
          "the kernel's module tun is missing: 'modprobe tun'";
      default -> "taps need root or CAP_NET_ADMIN";
    };
  }

  private void create(long mac) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment request = NetDevices.request(call, name);
      request.set(JAVA_SHORT, NetDevices.NAME_BYTES, TAP_WITHOUT_INFO_WITH_VNET_HEADER);
      int made = LinuxCalls.ioctl(fd, TUNSETIFF, request);
      if (made < 0) {
        throw NetException.of("cannot make tap " + name, made, createRemedy(made));
      }
      MemorySegment size = call.allocateFrom(JAVA_INT, Frames.VNET_HEADER_BYTES);
      LinuxCalls.check(LinuxCalls.ioctl(fd, TUNSETVNETHDRSZ, size), "vnet header of tap " + name);
      // A filter of one exact address; the guest's own traffic must be all that queues up here.
      MemorySegment filter = call.allocate(4 + Frames.MAC_BYTES, 4);
      filter.set(JAVA_SHORT, 2, (short) 1);
      NetDevices.putAddress(filter, 4, mac);
      LinuxCalls.check(LinuxCalls.ioctl(fd, TUNSETTXFILTER, filter), "filter of tap " + name);
    }
  }

  private static String createRemedy(int result) {
    return -result == NetCalls.EBUSY
        ? "it exists already: is another node running, or 'ip link del' it"
        : "taps need root or CAP_NET_ADMIN";
  }

  /** Name of the tap in the kernel. */
  public String name() {
    return name;
  }

  /** Gives waiting frames to the sink, up to {@link #POLL_LIMIT}; returns how many. */
  public int poll(FrameSink sink) {
    for (int count = 0; count < POLL_LIMIT; count++) {
      int length = NetCalls.read(fd, received.addressOffset(), Frames.MAX_FRAME_BYTES);
      if (length <= 0) {
        return count;
      }
      receivedFrames++;
      sink.onFrame(nic, received, 0, length);
    }
    return POLL_LIMIT;
  }

  /** Drops what waits, up to a bound: frames that came while somebody still ran the guest. */
  public void dropWaiting() {
    for (int polls = 0; polls < DROP_POLLS; polls++) {
      if (poll((number, buffer, offset, length) -> {}) < POLL_LIMIT) {
        return;
      }
    }
  }

  /** Sends one frame of the guest; false, and counted, where the kernel does not take it. */
  public boolean send(DirectBuffer buffer, int offset, int length) {
    if (length > Frames.MAX_FRAME_BYTES || length < Frames.MIN_FRAME_BYTES) {
      droppedFrames++;
      return false;
    }
    sending.putBytes(0, buffer, offset, length);
    if (NetCalls.write(fd, sending.addressOffset(), length) != length) {
      droppedFrames++;
      return false;
    }
    sentFrames++;
    return true;
  }

  /** Frames given to a sink. */
  public long receivedFrames() {
    return receivedFrames;
  }

  /** Frames sent. */
  public long sentFrames() {
    return sentFrames;
  }

  /** Frames that could not be sent. */
  public long droppedFrames() {
    return droppedFrames;
  }

  /** Removes the tap. Not while another thread polls or sends. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      LinuxCalls.close(fd);
      arena.close();
    }
  }

  private UnsafeBuffer buffer() {
    MemorySegment memory = arena.allocate(Frames.MAX_FRAME_BYTES, Long.BYTES);
    return new UnsafeBuffer(memory.address(), Frames.MAX_FRAME_BYTES);
  }
}
