package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.understudy.node.arbiter.TlsFiles;
import org.understudy.pair.arbiter.Arbiter;

/** Users, passwords and certificates, at a real ZooKeeper. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(ArbiterMembers.LOCK)
class ZooKeeperSecurityTest {
  @TempDir private Path directory;

  @Test
  void shouldKeepOthersFromWhatItsUserWrites() throws Exception {
    Path password = ArbiterMembers.password(directory.resolve("secret"), "secret\n");
    try (ArbiterMembers members = new ZooKeeperEnsemble(directory, 1);
        Arbiter known = members.openAs("pair", password, null);
        Arbiter nobody = members.openAs("", null, null);
        Arbiter wrong =
            members.openAs(
                "pair", ArbiterMembers.password(directory.resolve("wrong"), "a guess"), null)) {
      ArbiterMembers.awaitAnswer(known);
      known.rehearse();
      assertThat(known.compareAndSet(ArbiterContract.first(3))).isTrue();
      assertThat(known.describe()).doesNotContain("secret");
      assertThatThrownBy(nobody::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(members.endpoint(0))
          .hasMessageContaining("set arbiter.user");
      assertThatThrownBy(wrong::rehearse)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("user pair, with its password, has no right to /site/understudy")
          .hasMessageNotContaining("guess");
      Files.writeString(password, "a guess");
      assertThat(known.read()).as("a session stays what it is").contains(ArbiterContract.first(3));
    }
  }

  @Test
  void shouldTalkToMembersThatItsAuthorityKnowsAndShowItsOwnCertificate() throws Exception {
    Certificates server = Certificates.make(directory, "server");
    Certificates client = Certificates.make(directory, "client");
    Certificates stranger = Certificates.make(directory, "stranger");
    try (ArbiterMembers members =
            new ZooKeeperEnsemble(
                directory,
                1,
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                "ssl.keyStore.location=" + both("server", server),
                "ssl.trustStore.location=" + client.certificate(),
                "ssl.clientAuth=need");
        Arbiter known = tls(members, server, "known", client);
        Arbiter unknown = tls(members, server, "unknown", stranger);
        Arbiter distrustful = tls(members, stranger, "distrustful", client)) {
      ArbiterMembers.awaitAnswer(known);
      assertThat(known.compareAndSet(ArbiterContract.first(4))).isTrue();
      assertThat(known.read()).contains(ArbiterContract.first(4));
      assertThatThrownBy(unknown::read).isInstanceOf(IOException.class);
      assertThatThrownBy(distrustful::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(members.endpoint(0));
    }
  }

  private Arbiter tls(ArbiterMembers members, Certificates authority, String name, Certificates own)
      throws IOException {
    Path both = both(name, own);
    return members.openAs("", null, new TlsFiles(authority.certificate(), both, both));
  }

  /** Its key and its certificate in one file. */
  private Path both(String name, Certificates own) throws IOException {
    return Files.writeString(
        directory.resolve(name + "-both.pem"),
        Files.readString(own.key()) + Files.readString(own.certificate()));
  }
}
