package org.understudy.node.config;

import java.nio.file.Path;
import java.util.List;

/** Reads who decides ownership. */
final class ArbiterReader {
  private ArbiterReader() {}

  static NodeConfig.ArbiterPlace read(SettingReader in) {
    NodeConfig.ArbiterKind kind = in.choice("arbiter.kind", NodeConfig.ArbiterKind.class);
    boolean isFile = kind == NodeConfig.ArbiterKind.FILE;
    Path directory = isFile ? in.path("arbiter.dir") : null;
    List<Endpoint> endpoints =
        in.texts("arbiter.endpoints").stream()
            .map(text -> Endpoint.parse("arbiter.endpoints", text))
            .toList();
    NodeConfig.ArbiterPlace place =
        new NodeConfig.ArbiterPlace(
            kind,
            directory,
            endpoints,
            in.text("arbiter.path"),
            in.optional("arbiter.user"),
            in.optionalPath("arbiter.passwordFile"),
            new NodeConfig.ArbiterTls(
                in.optionalPath("arbiter.tls.authority"),
                in.optionalPath("arbiter.tls.certificate"),
                in.optionalPath("arbiter.tls.key")),
            in.durationNs("arbiter.timeout"));
    check(place, in.text("node.pair"));
    return place;
  }

  private static void check(NodeConfig.ArbiterPlace place, String pair) {
    boolean isFile = place.kind() == NodeConfig.ArbiterKind.FILE;
    if (isFile != place.endpoints().isEmpty()) {
      throw new ConfigError(
          isFile
              ? "arbiter.endpoints = "
                  + place.endpoints()
                  + " has no meaning with arbiter.kind = file"
              : "arbiter.endpoints is missing: name the cluster's members, the nearest first");
    }
    if (isFile) {
      return;
    }
    if (pair.equals(NodeConfig.Node.DEFAULT_PAIR)) {
      throw new ConfigError(
          "node.pair is missing: it names the register among those of other pairs in "
              + place.endpoints());
    }
    if (!place.path().matches("(/[A-Za-z0-9._-]+)+")) {
      throw new ConfigError(
          "arbiter.path = " + place.path() + " must be like /understudy, or /site/understudy");
    }
    if (place.user().isEmpty() != place.passwordFile().isEmpty()) {
      throw new ConfigError("arbiter.user and arbiter.passwordFile go together: give both or none");
    }
    tls(place.tls());
    boolean isOneFile = place.tls().certificate().equals(place.tls().key());
    if (place.kind() == NodeConfig.ArbiterKind.ZOOKEEPER && !isOneFile) {
      throw new ConfigError(
          "arbiter.tls.certificate and arbiter.tls.key must be one file with arbiter.kind ="
              + " zookeeper: 'cat "
              + place.tls().key()
              + " "
              + place.tls().certificate()
              + " > both.pem && chmod 600 both.pem', and name that for both");
    }
    boolean isInTheClear = !place.user().isEmpty() && place.tls().authority().isEmpty();
    for (Endpoint member : place.endpoints()) {
      if (isInTheClear && !member.isLoopback()) {
        throw new ConfigError(
            "arbiter.user = "
                + place.user()
                + " would send its password in the clear to "
                + member
                + ": set arbiter.tls.authority");
      }
    }
  }

  private static void tls(NodeConfig.ArbiterTls tls) {
    if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
      throw new ConfigError(
          "arbiter.tls.certificate and arbiter.tls.key go together: give both or none");
    }
    if (tls.authority().isEmpty() && !tls.key().isEmpty()) {
      throw new ConfigError(
          "arbiter.tls.authority is missing: it says whose members arbiter.tls.key is shown to");
    }
  }
}
