package org.understudy.vm.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import org.understudy.host.LinuxCalls;
import org.understudy.host.socket.NetCalls;

/**
 * Taps and bridges of the network namespace that the calling thread is in, by {@code ioctl}: some
 * microseconds and no process, so that it can be done within a takeover.
 */
public final class NetDevices {
  /** Bytes of a name, its terminator included. */
  static final int NAME_BYTES = 16;

  /** Bytes of the kernel's request: a name and a union, here a number. */
  static final int REQUEST_BYTES = 40;

  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFHWADDR = 0x8924;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCBRADDIF = 0x89a2;
  private static final long HIGH_ADDRESS = 0xfe_00_00_00_00_00L;
  private static final short IFF_UP = 1;
  private static final short ARPHRD_ETHER = 1;
  private static final String RIGHTS = "it needs root or CAP_NET_ADMIN";

  private NetDevices() {}

  /** The kernel's number of a device. */
  public static int indexOf(String name) {
    return with(name, (fd, request) -> index(fd, request, name));
  }

  /** Whether a device is switched on. */
  public static boolean isUp(String name) {
    return with(name, (fd, request) -> flags(fd, request, name) & IFF_UP) != 0;
  }

  /** Switches a device on. */
  public static void up(String name) {
    with(name, (fd, request) -> switchTo(fd, request, name, IFF_UP));
  }

  /** Switches a device off: no frame passes it. */
  public static void down(String name) {
    with(name, (fd, request) -> switchTo(fd, request, name, (short) 0));
  }

  /**
   * Gives a tap an address of its own for life on a bridge: a bridge takes the lowest address of
   * its ports for itself, and would change it whenever a guest comes or goes.
   */
  public static void keepFromNamingBridge(String name) {
    address(name, HIGH_ADDRESS | ThreadLocalRandom.current().nextLong(1L << 40));
  }

  private static void address(String name, long mac) {
    with(
        name,
        (fd, request) -> {
          request.set(JAVA_SHORT, NAME_BYTES, ARPHRD_ETHER);
          putAddress(request, NAME_BYTES + Short.BYTES, mac);
          int result = LinuxCalls.ioctl(fd, SIOCSIFHWADDR, request);
          return check(result, "cannot set the address of network device " + name, name);
        });
  }

  static void putAddress(MemorySegment memory, long at, long mac) {
    for (int i = 0; i < Frames.MAC_BYTES; i++) {
      memory.set(JAVA_BYTE, at + i, (byte) (mac >>> 8 * (Frames.MAC_BYTES - 1 - i)));
    }
  }

  /** Makes a device a port of a bridge. */
  public static void joinBridge(String bridge, String device) {
    int index = indexOf(device);
    with(
        bridge,
        (fd, request) -> {
          request.set(JAVA_INT, NAME_BYTES, index);
          int result = LinuxCalls.ioctl(fd, SIOCBRADDIF, request);
          if (result < 0) {
            String what = "device " + device + " cannot join bridge " + bridge;
            throw NetException.of(what, result, joinRemedy(result, bridge, device));
          }
          return result;
        });
  }

  /** One call about one device. */
  private interface Call {
    int run(int fd, MemorySegment request);
  }

  private static int with(String name, Call call) {
    int fd = NetCalls.deviceSocket();
    if (fd < 0) {
      throw NetException.of("cannot ask about network device " + name, fd, "");
    }
    try (Arena arena = Arena.ofConfined()) {
      return call.run(fd, request(arena, name));
    } finally {
      LinuxCalls.close(fd);
    }
  }

  /** A request that names a device. */
  static MemorySegment request(Arena arena, String name) {
    if (!name.matches("[!-~&&[^/]]{1," + (NAME_BYTES - 1) + "}")) {
      throw new NetException(
          "'"
              + name
              + "' cannot be a network device: 1 to "
              + (NAME_BYTES - 1)
              + " characters, no space and no slash");
    }
    MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    request.setString(0, name);
    return request;
  }

  private static int index(int fd, MemorySegment request, String name) {
    check(LinuxCalls.ioctl(fd, SIOCGIFINDEX, request), "cannot find network device " + name, name);
    return request.get(JAVA_INT, NAME_BYTES);
  }

  private static short flags(int fd, MemorySegment request, String name) {
    check(LinuxCalls.ioctl(fd, SIOCGIFFLAGS, request), "cannot ask for flags of " + name, name);
    return request.get(JAVA_SHORT, NAME_BYTES);
  }

  private static int switchTo(int fd, MemorySegment request, String name, short up) {
    short flags = (short) (flags(fd, request, name) & ~IFF_UP | up);
    request.set(JAVA_SHORT, NAME_BYTES, flags);
    String what = "cannot switch network device " + name + (up == 0 ? " off" : " on");
    return check(LinuxCalls.ioctl(fd, SIOCSIFFLAGS, request), what, name);
  }

  private static int check(int result, String what, String name) {
    if (result < 0) {
      throw NetException.of(what, result, remedy(result, name));
    }
    return result;
  }

  private static String remedy(int result, String name) {
    return switch (-result) {
      case NetCalls.ENODEV -> "see 'ip link show " + name + "' in the node's network namespace";
      case NetCalls.EPERM, NetCalls.EACCES -> RIGHTS;
      default -> "";
    };
  }

  private static String joinRemedy(int result, String bridge, String device) {
    return switch (-result) {
      case NetCalls.EBUSY -> "it belongs to a bridge already: see 'ip link show " + device + "'";
      case LinuxCalls.EOPNOTSUPP -> bridge + " is no bridge: see 'ip -d link show " + bridge + "'";
      default -> remedy(result, bridge);
    };
  }
}
