package org.understudy.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.TreeSet;

/**
 * A file for both nodes of a pair: {@code nodes} has one group for each, by name, and {@code self}
 * says which one this is. A group holds where its node listens, and whatever else is that node's
 * alone. Turned here into what a file of one node says.
 */
final class NodesSection {
  private static final String NODES = "nodes";
  private static final String SELF = "self";
  private static final String PEER = "peer";
  private static final List<String> ENDPOINTS = List.of("replication", "monitor", "front");
  private static final int PAIR = 2;

  private NodesSection() {}

  /** Whether a key of the command line says which node this is. */
  static boolean isSelf(String key) {
    return key.equals(SELF);
  }

  /**
   * The file of the node that {@code self} names; a file without {@code nodes} as it is.
   *
   * @param reference of all keys, for those that are the other node's alone
   */
  static Config ofSelf(Config file, Config reference) {
    if (!file.hasPath(NODES)) {
      return file;
    }
    if (file.getValue(NODES).valueType() != ConfigValueType.OBJECT) {
      throw new ConfigError("nodes must be a group with one group for each node, by its name");
    }
    TreeSet<String> names = new TreeSet<>(file.getObject(NODES).keySet());
    if (names.size() != PAIR) {
      throw new ConfigError("nodes names " + names + ": a pair has two nodes");
    }
    if (file.hasPath(PEER)) {
      throw new ConfigError("peer says nothing beside nodes, which has both: remove it");
    }
    String self = self(file, names);
    names.remove(self);
    UnknownKeys.check(ofNode(file, names.first(), self), reference);
    return ofNode(file, self, names.first());
  }

  private static String self(Config file, TreeSet<String> names) {
    boolean isName =
        file.hasPath(SELF) && file.getValue(SELF).valueType() == ConfigValueType.STRING;
    String self = isName ? file.getString(SELF).strip() : "";
    if (!names.contains(self)) {
      throw new ConfigError(
          "self must be the name of the node that this one is, one of "
              + names
              + (isName ? ", and not " + self : ""));
    }
    return self;
  }

  private static Config ofNode(Config file, String self, String peer) {
    Config ofSelf = group(file, self);
    Config result = ofSelf;
    for (String key : ENDPOINTS) {
      result = result.withoutPath(key);
    }
    result = result.withFallback(file.withoutPath(NODES).withoutPath(SELF));
    result = result.withValue("node.name", ConfigValueFactory.fromAnyRef(self, "nodes." + self));
    result = result.withValue("peer.name", ConfigValueFactory.fromAnyRef(peer, "nodes." + peer));
    return endpoints(endpoints(result, SELF, ofSelf), PEER, group(file, peer));
  }

  private static Config group(Config file, String name) {
    String path = ConfigUtil.joinPath(NODES, name);
    ConfigValue value = file.getValue(path);
    if (value.valueType() != ConfigValueType.OBJECT) {
      throw new ConfigError("nodes." + name + " must be a group with replication and monitor");
    }
    return file.getConfig(path);
  }

  private static Config endpoints(Config to, String side, Config group) {
    Config result = to;
    for (String key : ENDPOINTS) {
      if (group.hasPath(key)) {
        result = result.withValue(side + "." + key, group.getValue(key));
      }
    }
    return result;
  }
}
