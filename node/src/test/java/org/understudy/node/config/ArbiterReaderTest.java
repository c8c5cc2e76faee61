package org.understudy.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArbiterReaderTest {
  private static final String NODE =
      """
      node { name = a, role = primary, directory = /tmp/a }
      self { replication = "127.0.0.1:1001", monitor = "127.0.0.1:1002", front = "127.0.0.1:1003" }
      peer { replication = "127.0.0.1:2001", monitor = "127.0.0.1:2002", front = "127.0.0.1:2003" }
      """;
  private static final String MEMBERS =
      """
      node.pair = shop
      arbiter.endpoints = ["127.0.0.1:3001", "127.0.0.1:3002"]
      """;

  private static NodeConfig.ArbiterPlace parse(String more) {
    return ConfigLoader.parse(NODE + more).arbiter();
  }

  @ParameterizedTest
  @ValueSource(strings = {"etcd", "zookeeper"})
  void shouldTakeAClusterWithMembersUserAndCertificates(String kind) {
    NodeConfig.ArbiterPlace place =
        parse(
            MEMBERS
                + """
                arbiter { kind = %s, user = pair, passwordFile = /etc/secret, timeout = 2 s }
                arbiter.tls { authority = /etc/ca.pem, certificate = /etc/n.pem, key = /etc/n.pem }
                """
                    .formatted(kind));
    assertThat(place.kind().name()).isEqualToIgnoringCase(kind);
    assertThat(place.endpoints())
        .extracting(Endpoint::toString)
        .containsExactly("127.0.0.1:3001", "127.0.0.1:3002");
    assertThat(place.path()).isEqualTo("/understudy");
    assertThat(place.passwordFile()).isEqualTo("/etc/secret");
    assertThat(place.tls())
        .isEqualTo(new NodeConfig.ArbiterTls("/etc/ca.pem", "/etc/n.pem", "/etc/n.pem"));
    assertThat(place.timeoutNs()).isEqualTo(Duration.ofSeconds(2).toNanos());
  }

  @Test
  void shouldNameWhatIsMissingWithoutMembersOrPair() {
    assertThatThrownBy(() -> parse("arbiter.kind = etcd"))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining("arbiter.endpoints is missing");
    assertThatThrownBy(
            () -> parse("arbiter { kind = zookeeper, endpoints = [\"127.0.0.1:3001\"] }"))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining("node.pair is missing");
    assertThatThrownBy(() -> parse(MEMBERS + "arbiter.dir = /tmp/arbiter"))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining("has no meaning with arbiter.kind = file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind = etcd, endpoints = [\"nowhere\"] | arbiter.endpoints = nowhere",
        "kind = etcd, path = shop | arbiter.path = shop must be like /understudy",
        "kind = etcd, path = \"/a//b\" | arbiter.path = /a//b must be like",
        "kind = etcd, user = pair | arbiter.user and arbiter.passwordFile go together",
        "kind = zookeeper, passwordFile = /p | arbiter.user and arbiter.passwordFile go together",
        "kind = etcd, tls { certificate = /c } | arbiter.tls.certificate and arbiter.tls.key go",
        "kind = etcd, tls { certificate = /c, key = /k } | arbiter.tls.authority is missing",
        "kind = zookeeper, tls { authority = /a, certificate = /c, key = /k } | cat /k /c > both.pem",
        "kind = zookeeper, user = u, passwordFile = /p, endpoints = [\"10.0.0.1:1\"] | in the clear",
        "kind = etcd, user = u, passwordFile = /p, endpoints = [\"10.0.0.1:1\"] | in the clear",
      })
  void shouldNameKeyAndRemedyWhenASettingIsBad(String settings, String message) {
    assertThatThrownBy(() -> parse(MEMBERS + "arbiter { " + settings + " }"))
        .isInstanceOf(ConfigError.class)
        .hasMessageContaining(message.strip());
  }
}
