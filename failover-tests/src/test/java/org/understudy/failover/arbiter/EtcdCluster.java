package org.understudy.failover.arbiter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.understudy.lab.vm.Tool;
import org.understudy.node.arbiter.ArbiterCluster;
import org.understudy.node.arbiter.ClusterArbiter;
import org.understudy.node.arbiter.RegisterStore;

/** An etcd of the machine's own package. */
public final class EtcdCluster extends ArbiterMembers {
  private static final int PEER = 1;
  private static final int PORTS = 2;

  private final List<String> more;

  /** Starts so many members on loopback, with more options for each of them. */
  public EtcdCluster(Path directory, int count, String... more) throws IOException {
    this(directory, MemberHosts.LOOPBACK, count, more);
  }

  /** The same elsewhere. */
  EtcdCluster(Path directory, MemberHosts hosts, int count, String... more) throws IOException {
    super(directory, hosts, count, PORTS);
    this.more = List.of(more);
    startAll();
  }

  /** Whether this machine has an etcd to start. */
  public static boolean isInstalled() {
    return Tool.exists("etcd");
  }

  @Override
  public RegisterStore open(ArbiterCluster cluster, String pair) {
    return ClusterArbiter.etcd(cluster, pair);
  }

  private String clientUrl(int member) {
    boolean isSealed = more.contains("--cert-file");
    return (isSealed ? "https://" : "http://") + endpoint(member);
  }

  private String peerUrl(int member) {
    return "http://" + address(member) + ":" + port(PEER, member);
  }

  @Override
  protected List<String> command(int member) {
    String all =
        IntStream.range(0, count())
            .mapToObj(each -> "m" + each + "=" + peerUrl(each))
            .collect(Collectors.joining(","));
    List<String> command = new ArrayList<>();
    command.addAll(List.of("etcd", "--name", "m" + member, "--data-dir", data(member).toString()));
    command.addAll(List.of("--logger", "zap"));
    command.addAll(List.of("--listen-client-urls", clientUrl(member)));
    command.addAll(List.of("--advertise-client-urls", clientUrl(member)));
    command.addAll(List.of("--listen-peer-urls", peerUrl(member)));
    command.addAll(List.of("--initial-advertise-peer-urls", peerUrl(member)));
    command.addAll(List.of("--initial-cluster", all, "--initial-cluster-state", "new"));
    command.addAll(more);
    return command;
  }
}
