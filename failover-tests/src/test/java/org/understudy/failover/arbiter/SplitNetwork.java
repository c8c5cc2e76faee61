package org.understudy.failover.arbiter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.understudy.lab.vm.Tool;

/**
 * A machine for each member, as a network namespace at one bridge. Members can be cut off from each
 * other while clients, who are at the bridge too, reach all of them. Needs root and iproute2.
 */
final class SplitNetwork implements MemberHosts, AutoCloseable {
  private static final long PID = ProcessHandle.current().pid();

  private static final AtomicInteger NETWORKS = new AtomicInteger();

  private final char number = (char) ('a' + NETWORKS.getAndIncrement());
  private final String bridge = "usb" + PID + number;
  private final String subnet = "10.214." + ThreadLocalRandom.current().nextInt(1, 255) + ".";
  private final int count;

  private SplitNetwork(int count) {
    this.count = count;
  }

  /** Makes one for so many members. */
  static SplitNetwork create(int count) throws IOException, InterruptedException {
    SplitNetwork network = new SplitNetwork(count);
    try {
      network.make();
    } catch (IOException | InterruptedException e) {
      network.close();
      throw e;
    }
    return network;
  }

  private void make() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    lines.add("link add " + bridge + " type bridge");
    lines.add("addr add " + subnet + "1/24 dev " + bridge);
    lines.add("link set " + bridge + " up");
    for (int member = 0; member < count; member++) {
      String device = "usv" + PID + number + member;
      lines.add("netns add " + name(member));
      lines.add("link add " + device + " type veth peer name eth0 netns " + name(member));
      lines.add("link set " + device + " master " + bridge + " up");
    }
    Tool.run(String.join("\n", lines) + "\n", List.of("ip", "-batch", "-"));
    for (int member = 0; member < count; member++) {
      inside(
          member,
          List.of(
              "link set lo up",
              "addr add " + address(member) + "/24 dev eth0",
              "link set eth0 up"));
    }
  }

  /** As the program names its own: whoever starts one later removes what the dead left. */
  private String name(int member) {
    return "us-" + PID + "-" + number + (char) ('a' + member);
  }

  private void inside(int member, List<String> lines) throws IOException, InterruptedException {
    Tool.run(String.join("\n", lines) + "\n", List.of("ip", "-n", name(member), "-batch", "-"));
  }

  @Override
  public String address(int member) {
    return subnet + (11 + member);
  }

  @Override
  public List<String> prefix(int member) {
    return List.of("ip", "netns", "exec", name(member));
  }

  /** From now on nothing gets from this member to the others: no request and no answer. */
  void cutOff(int member) throws IOException, InterruptedException {
    inside(member, routes("add", member));
  }

  /** They reach each other again. */
  void join(int member) throws IOException, InterruptedException {
    inside(member, routes("del", member));
  }

  private List<String> routes(String verb, int member) {
    List<String> lines = new ArrayList<>();
    for (int other = 0; other < count; other++) {
      if (other != member) {
        lines.add("route " + verb + " blackhole " + address(other) + "/32");
      }
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int member = 0; member < count; member++) {
      lines.add("netns del " + name(member));
    }
    lines.add("link del " + bridge);
    // What was never made cannot be removed.
    String input = String.join("\n", lines) + "\n";
    try {
      Tool.run(input, List.of("sh", "-c", "ip -force -batch - || true"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
