package org.understudy.lab.vm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.understudy.lab.pair.PairLayout.Place;

/**
 * The network of the demo. Each node has a namespace with a bridge, to which the node itself adds
 * the guest's tap; the client's namespace has the switch that joins them. Nothing of it is visible
 * in the namespace that the command was started in.
 *
 * <pre>
 *   a: br0 10.77.0.11 --- up0 === a0 --+
 *                                      +-- sw0 10.77.0.100 (client)
 *   b: br0 10.77.0.12 --- up0 === b0 --+
 * </pre>
 */
final class VmLayout {
  /** The client's namespace. */
  static final String CLIENT = "client";

  /** Bridge in each node's namespace. */
  static final String BRIDGE = "br0";

  /** The guest's address, wherever it runs. */
  static final String GUEST = "10.77.0.50";

  /** Address of the guest's interface: locally administered. */
  static final String GUEST_MAC = "52:54:00:77:00:50";

  /** Switch of the client's namespace, on which the client has its address. */
  static final String SWITCH = "sw0";

  private static final String OWN_SWITCH = "rs0";
  private static final String OWN_DEVICE = "rep0";
  private static final String CLIENT_ADDRESS = "10.77.0.100";
  private static final int BITS = 24;
  private static final int REDIS_PORT = 6379;
  private static final int HTTP_PORT = 80;
  private static final int POSTGRES_PORT = 5432;

  private final Namespaces namespaces;
  private final boolean ownReplication;

  VmLayout(Namespaces namespaces) {
    this(namespaces, false);
  }

  /**
   * The same, if wanted with a network of its own for the nodes (10.78.0.11 and 10.78.0.12), which
   * can be cut while the guest's clients go on.
   */
  VmLayout(Namespaces namespaces, boolean ownReplication) {
    this.namespaces = namespaces;
    this.ownReplication = ownReplication;
  }

  /** Makes the three namespaces and what joins them. */
  void create() throws IOException, InterruptedException {
    namespaces.add(CLIENT);
    namespaces.configure(CLIENT, bridge(SWITCH, CLIENT_ADDRESS));
    for (Place place : Place.values()) {
      String port = place.node() + "0";
      namespaces.add(place.node());
      namespaces.configure(
          place.node(), List.of("link add up0 type veth peer name " + port + " netns " + client()));
      namespaces.configure(place.node(), bridge(BRIDGE, address(place)));
      namespaces.configure(place.node(), List.of("link set up0 master " + BRIDGE + " up"));
      namespaces.configure(CLIENT, List.of("link set " + port + " master " + SWITCH + " up"));
    }
    if (ownReplication) {
      createReplication();
    }
  }

  private void createReplication() throws IOException, InterruptedException {
    namespaces.configure(
        CLIENT,
        List.of(
            "link add " + OWN_SWITCH + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
            "link set " + OWN_SWITCH + " up"));
    for (Place place : Place.values()) {
      String cable = cable(place);
      namespaces.configure(
          place.node(),
          List.of(
              "link add " + OWN_DEVICE + " type veth peer name " + cable + " netns " + client(),
              "address add " + nodeAddress(place) + "/" + BITS + " dev " + OWN_DEVICE,
              "link set " + OWN_DEVICE + " up"));
      namespaces.configure(CLIENT, List.of("link set " + cable + " master " + OWN_SWITCH + " up"));
    }
  }

  private static String cable(Place place) {
    return "rep" + place.node();
  }

  /**
   * Pulls the cable of the node at a place, or puts it back; the nodes' own network only. At the
   * switch's end: where its own carrier is lost, the kernel takes a second to speak again.
   */
  void plug(Place place, boolean in) throws IOException, InterruptedException {
    String master = in ? " master " + OWN_SWITCH : " nomaster";
    namespaces.configure(CLIENT, List.of("link set " + cable(place) + master));
  }

  /**
   * A machine that is new says nothing until it is asked: what was known of the one before, which
   * may have run at the other place, would be believed for half a minute.
   */
  void forgetGuest() throws IOException, InterruptedException {
    namespaces.configure(CLIENT, List.of("neigh flush dev " + SWITCH));
  }

  /** Where the node at a place is reached by the other one. */
  String nodeAddress(Place place) {
    return ownReplication ? address(place).replace("10.77.", "10.78.") : address(place);
  }

  private String client() {
    return namespaces.name(CLIENT);
  }

  /** A bridge forwards at once, and neither speaks nor listens on its own. */
  private static List<String> bridge(String name, String address) {
    return List.of(
        "link add " + name + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
        "address add " + address + "/" + BITS + " dev " + name,
        "link set " + name + " up");
  }

  /** Address of the node at a place. */
  static String address(Place place) {
    return place == Place.A ? "10.77.0.11" : "10.77.0.12";
  }

  /** What runs a command at a place. */
  List<String> prefix(Place place) {
    return namespaces.prefix(place.node());
  }

  /** What runs a command as the client. */
  List<String> clientPrefix() {
    return namespaces.prefix(CLIENT);
  }

  /** Makes a tap for a machine that the node at a place does not start; its name. */
  String addTap(Place place) throws IOException, InterruptedException {
    String tap = "tap9";
    namespaces.configure(
        place.node(),
        List.of(
            "tuntap add dev " + tap + " mode tap",
            "link set " + tap + " master " + BRIDGE + " up"));
    return tap;
  }

  /** Redis in the guest. */
  static InetSocketAddress redis() {
    return new InetSocketAddress(GUEST, REDIS_PORT);
  }

  /** Nginx in the guest. */
  static InetSocketAddress http() {
    return new InetSocketAddress(GUEST, HTTP_PORT);
  }

  /** PostgreSQL in a guest that has it. */
  static InetSocketAddress postgres() {
    return new InetSocketAddress(GUEST, POSTGRES_PORT);
  }

  /** The guest's orders about its interface, for its kernel command line. */
  static String guestNetwork() {
    return "us.ip=" + GUEST + "/" + BITS;
  }
}
