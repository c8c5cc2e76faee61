package org.understudy.failover.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.ClusterArbiter;
import org.understudy.node.arbiter.RegisterStore;

/** A ZooKeeper of the release that its client is of; each member is a process. */
public final class ZooKeeperEnsemble extends ArbiterMembers {
  private static final int CLIENT = 0;
  private static final int PEER = 1;
  private static final int ELECTION = 2;
  private static final int PORTS = 3;

  private final List<String> more;

  /** Starts so many members on loopback, with more lines in the configuration of each of them. */
  public ZooKeeperEnsemble(Path directory, int count, String... more) throws IOException {
    this(directory, MemberHosts.LOOPBACK, count, more);
  }

  /** The same elsewhere. */
  ZooKeeperEnsemble(Path directory, MemberHosts hosts, int count, String... more)
      throws IOException {
    super(directory, hosts, count, PORTS);
    this.more = List.of(more);
    startAll();
  }

  @Override
  public RegisterStore open(ArbiterCluster cluster, String pair) {
    return ClusterArbiter.zookeeper(cluster, pair);
  }

  @Override
  protected List<String> command(int member) throws IOException {
    Files.createDirectories(data(member));
    Files.writeString(data(member).resolve("myid"), Integer.toString(member));
    Path configuration = directory.resolve("m" + member + ".cfg");
    Files.write(configuration, configuration(member));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx96m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        QuorumPeerMain.class.getName(),
        configuration.toString());
  }

  private List<String> configuration(int member) {
    List<String> lines = new ArrayList<>();
    lines.add("dataDir=" + data(member));
    boolean isSealed = more.stream().anyMatch(line -> line.startsWith("ssl."));
    String port = isSealed ? "secureClientPort" : "clientPort";
    lines.add(port + "=" + port(CLIENT, member));
    lines.add(port + "Address=" + address(member));
    lines.add("admin.enableServer=false");
    // Short ones: a member that is gone is missed after two seconds.
    lines.addAll(List.of("tickTime=500", "initLimit=20", "syncLimit=4"));
    if (count() > 1) {
      for (int each = 0; each < count(); each++) {
        String peer = address(each) + ":" + port(PEER, each) + ":" + port(ELECTION, each);
        lines.add("server." + each + "=" + peer);
      }
    }
    lines.addAll(more);
    return lines;
  }
}
