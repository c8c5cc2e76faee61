package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.understudy.node.arbiter.TlsFiles;
import org.understudy.pair.arbiter.Arbiter;

/** Users, passwords and certificates, at a real etcd. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(ArbiterMembers.LOCK)
class EtcdSecurityTest {
  @TempDir private Path directory;

  @BeforeEach
  void require() {
    assumeTrue(EtcdCluster.isInstalled(), "etcd is missing: 'apt-get install etcd-server'");
  }

  @Test
  void shouldAuthenticateAndDoSoAgainWhenItsTokenIsNotKnownAnyMore() throws Exception {
    Path password = ArbiterMembers.password(directory.resolve("password"), "secret\n");
    try (EtcdCluster etcd = new EtcdCluster(directory, 1);
        Arbiter nobody = etcd.openAs("", null, null);
        Arbiter known = etcd.openAs("root", password, null)) {
      ArbiterMembers.awaitAnswer(nobody);
      requireUsers(etcd.endpoint(0));
      assertThatThrownBy(nobody::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(etcd.endpoint(0))
          .hasMessageContaining("set arbiter.user");

      known.rehearse();
      assertThat(known.compareAndSet(ArbiterContract.first(3))).isTrue();
      assertThat(known.describe()).doesNotContain("secret");

      etcd.kill(0);
      etcd.start(0);
      assertThat(ArbiterMembers.awaitAnswer(known)).isEqualTo(ArbiterContract.first(3));

      Files.writeString(password, "wrong");
      try (Arbiter wrong = etcd.openAs("root", password, null)) {
        assertThatThrownBy(wrong::read)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("authentication failed")
            .hasMessageNotContaining("wrong");
      }
    }
  }

  @Test
  void shouldRefuseAPasswordThatOthersCanReadOrThatIsNotThere() throws Exception {
    Path open = ArbiterMembers.password(directory.resolve("password"), "secret");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
    try (EtcdCluster etcd = new EtcdCluster(directory, 1);
        Arbiter careless = etcd.openAs("root", open, null);
        Arbiter missing = etcd.openAs("root", directory.resolve("nothing"), null)) {
      assertThatThrownBy(careless::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("chmod 600 " + open);
      assertThatThrownBy(missing::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nothing does not exist");
    }
  }

  @Test
  void shouldTalkToMembersThatItsAuthorityKnowsAndShowItsOwnCertificate() throws Exception {
    Certificates server = Certificates.make(directory, "server");
    Certificates client = Certificates.make(directory, "client");
    Certificates stranger = Certificates.make(directory, "stranger");
    Path trusted = directory.resolve("trusted.pem");
    Files.writeString(
        trusted, Files.readString(server.certificate()) + Files.readString(client.certificate()));
    try (EtcdCluster etcd =
            new EtcdCluster(
                directory,
                1,
                "--cert-file",
                server.certificate().toString(),
                "--key-file",
                server.key().toString(),
                "--trusted-ca-file",
                trusted.toString(),
                "--client-cert-auth");
        Arbiter known = tls(etcd, server, client);
        Arbiter unknown = tls(etcd, server, stranger);
        Arbiter distrustful = tls(etcd, stranger, client)) {
      ArbiterMembers.awaitAnswer(known);
      assertThat(known.compareAndSet(ArbiterContract.first(4))).isTrue();
      assertThat(known.read()).contains(ArbiterContract.first(4));
      assertThatThrownBy(unknown::read).isInstanceOf(IOException.class);
      assertThatThrownBy(distrustful::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(etcd.endpoint(0));
    }
  }

  @Test
  void shouldNameTheFileThatIsNoCertificateOrNoKey() throws Exception {
    Certificates own = Certificates.make(directory, "own");
    Path text = Files.writeString(directory.resolve("text.pem"), "nothing\n");
    assertThatThrownBy(() -> new TlsFiles(text, null, null).context())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(text.toString());
    assertThatThrownBy(() -> new TlsFiles(own.certificate(), own.certificate(), text).context())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(text.toString())
        .hasMessageContaining("openssl pkcs8");
  }

  private static Arbiter tls(EtcdCluster etcd, Certificates authority, Certificates own) {
    return etcd.openAs(
        "", null, new TlsFiles(authority.certificate(), own.certificate(), own.key()));
  }

  private static void requireUsers(String endpoint) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (List<String> call :
          List.of(
              List.of("user/add", "{\"name\":\"root\",\"password\":\"secret\"}"),
              List.of("role/add", "{\"name\":\"root\"}"),
              List.of("user/grant", "{\"user\":\"root\",\"role\":\"root\"}"),
              List.of("enable", "{}"))) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://" + endpoint + "/v3/auth/" + call.getFirst()))
                .POST(HttpRequest.BodyPublishers.ofString(call.getLast()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      }
    }
  }
}
