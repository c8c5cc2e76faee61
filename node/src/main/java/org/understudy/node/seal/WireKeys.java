package org.understudy.node.seal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.understudy.node.config.ConfigError;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealKey;

/** Who a node is to its peer, from the key files that its configuration names. */
public final class WireKeys {
  private static final int HEX = 16;

  private WireKeys() {}

  /**
   * Null where the operator said that nothing is to be sealed.
   *
   * @throws UserError naming the setting or the file, and the remedy
   */
  public static SealIdentity identity(NodeConfig config) {
    if (!config.wire().sealed()) {
      return null;
    }
    if (isMadeAtStart(config)) {
      make(config, config.wire().keys().getFirst());
    }
    return read(config);
  }

  /**
   * The same of what is there already; nothing is made.
   *
   * @throws UserError naming the setting or the file, and the remedy
   */
  public static SealIdentity read(NodeConfig config) {
    List<Path> files = config.wire().keys();
    if (files.isEmpty()) {
      throw new ConfigError(
          "wire.keys is empty, and the wire is sealed: make a key by "
              + command(config)
              + " and name its file there on both nodes");
    }
    String self = config.node().name();
    List<SealKey> keys = new ArrayList<>();
    String peer = config.wire().peerName();
    for (Path file : files) {
      PairKey key = KeyFile.read(file);
      requireFor(key, self, peer, file);
      peer = key.peerOf(self);
      keys.add(new SealKey(Integer.parseUnsignedInt(key.id(), HEX), key.secret()));
    }
    return new SealIdentity(self, peer, keys);
  }

  private static void requireFor(PairKey key, String self, String peer, Path file) {
    boolean isForBoth = key.isFor(self) && (peer.isEmpty() || key.isFor(peer));
    if (!isForBoth) {
      throw new ConfigError(
          "%s is the key of %s and %s, and this node is %s%s: name its own in wire.keys"
              .formatted(
                  file,
                  key.first(),
                  key.second(),
                  self,
                  peer.isEmpty() ? "" : ", its peer " + peer));
    }
  }

  /**
   * A pair on one host needs no hand to bring a key from one node to the other: whoever starts
   * first makes it.
   */
  public static boolean isMadeAtStart(NodeConfig config) {
    boolean isOneHost =
        config.self().replication().isLoopback()
            && config.peer().replication().isLoopback()
            && !config.wire().peerName().isEmpty();
    List<Path> files = config.wire().keys();
    return isOneHost && !files.isEmpty() && !Files.exists(files.getFirst());
  }

  /** It is there as a whole or not at all. */
  private static void make(NodeConfig config, Path file) {
    Path made = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      KeyFile.write(made, PairKey.random(config.node().name(), config.wire().peerName()));
      Files.createLink(file, made);
    } catch (FileAlreadyExistsException e) {
      // The other node was faster: its key is the one.
    } catch (IOException e) {
      throw new UserError(
          ExitCode.REFUSED,
          "cannot make the key " + file + ": " + e + "; make it by " + command(config));
    } finally {
      made.toFile().delete();
    }
  }

  private static String command(NodeConfig config) {
    String peer = config.wire().peerName();
    return "'understudy keygen "
        + config.node().name()
        + " "
        + (peer.isEmpty() ? "PEER" : peer)
        + "'";
  }
}
