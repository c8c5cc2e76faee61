package org.understudy.lab.pair;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.seal.KeyFile;
import org.understudy.node.seal.PairKey;

/**
 * Where the two nodes of a pair live: directories, ports and configuration files. A place keeps its
 * name and ports; the process in it may change, and so may its role.
 */
public final class PairLayout {
  /** The two places of a pair. */
  public enum Place {
    /** The primary at first. */
    A("a"),
    /** The backup at first. */
    B("b");

    private final String node;

    Place(String node) {
      this.node = node;
    }

    /** Name of the node that lives there. */
    public String node() {
      return node;
    }

    /** The other one. */
    public Place other() {
      return this == A ? B : A;
    }
  }

  private static final int PORTS_PER_PLACE = 3;
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final Path directory;
  private final PairSettings settings;
  private final List<String> hosts;
  private final int[] ports;

  /** A pair on loopback. */
  public PairLayout(Path directory, PairSettings settings) throws IOException {
    this(directory, settings, LOOPBACK.getHostAddress(), LOOPBACK.getHostAddress());
  }

  /** A pair whose nodes listen on these addresses. */
  public PairLayout(Path directory, PairSettings settings, String hostOfA, String hostOfB)
      throws IOException {
    this.directory = directory;
    this.settings = settings;
    this.hosts = List.of(hostOfA, hostOfB);
    this.ports = FreePorts.find(PORTS_PER_PLACE * Place.values().length);
    Files.createDirectories(directory);
  }

  /** Directory of the node at a place. */
  public Path directory(Place place) {
    return directory.resolve(place.node());
  }

  /** Where the node at a place gets what is replicated. */
  public InetSocketAddress replication(Place place) {
    return address(place, 0);
  }

  /** Where the node at a place tells the other one that it lives. */
  public InetSocketAddress monitor(Place place) {
    return address(place, 1);
  }

  /** Where clients reach the node at a place, while its front is open. */
  public InetSocketAddress front(Place place) {
    return address(place, 2);
  }

  private InetSocketAddress address(Place place, int index) {
    return new InetSocketAddress(hosts.get(place.ordinal()), port(place, index));
  }

  /**
   * Writes the configuration file of the node at a place for a process that starts in this role.
   */
  public Path write(Place place, NodeConfig.Role role) throws IOException {
    String roleName = role.name().toLowerCase(java.util.Locale.ROOT);
    List<String> lines = new ArrayList<>();
    lines.add("node { name = " + place.node() + ", role = " + roleName + ", pair = demo }");
    lines.add("node.directory = \"" + directory(place) + "\"");
    lines.add("arbiter.dir = \"" + directory.resolve("arbiter") + "\"");
    lines.add("wire.keys = [\"" + key() + "\"]");
    lines.add(endpoints("self", place));
    lines.add(endpoints("peer", place.other()));
    lines.add("guest.memory = " + settings.memoryBytes() + " B");
    lines.add("preset = " + settings.preset());
    lines.addAll(settings.more());
    return Files.write(directory.resolve(place.node() + "-" + roleName + ".conf"), lines);
  }

  /** The key of both nodes, made with the first file that names it. */
  private Path key() {
    Path file = directory.resolve("a-b.key");
    if (!Files.exists(file)) {
      KeyFile.write(file, PairKey.random(Place.A.node(), Place.B.node()));
    }
    return file;
  }

  private String endpoints(String group, Place place) {
    return String.format(
        "%s { replication = \"%s\", monitor = \"%s\", front = \"%s\" }",
        group, endpoint(place, 0), endpoint(place, 1), endpoint(place, 2));
  }

  private String endpoint(Place place, int index) {
    return hosts.get(place.ordinal()) + ":" + port(place, index);
  }

  private int port(Place place, int index) {
    return ports[place.ordinal() * PORTS_PER_PLACE + index];
  }
}
