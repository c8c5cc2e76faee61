package org.understudy.protocol.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.pair.ownership.NodeId;

class LinkContextTest {
  private static final HostNetwork WIDE = new HostNetwork(4 << 20, 4 << 20, 2);
  private static final HostNetwork STOCK = new HostNetwork(212_992, 212_992, 4);

  @TempDir Path root;

  private LinkContext context() {
    return new LinkContext()
        .node(new NodeId("alpha", 1))
        .localEndpoint("127.0.0.1:4001")
        .peerEndpoint("127.0.0.1:4002")
        .directoryRoot(root)
        .hostNetwork(WIDE);
  }

  @Test
  void shouldHaveTheDocumentedDefaults() {
    LinkContext context = context().conclude();
    assertThat(context.streamId()).isEqualTo(1001);
    assertThat(context.peerTimeoutNs()).isEqualTo(1_000_000_000L);
    assertThat(context.threadingMode()).isEqualTo(ThreadingMode.INVOKER);
    assertThat(context.externalDriver()).isNull();
    assertThat(context.wireUnsealed()).isFalse();
    assertThat(context.choice())
        .isEqualTo(new TransportChoice(65_504, 4 << 20, 2 << 20, 4 << 20, 2 << 20, ""));
    assertThat(context.describe())
        .isEqualTo(
            "link 127.0.0.1:4001 -> 127.0.0.1:4002 UNSEALED stream=1001 driver=embedded INVOKER"
                + " peerTimeoutMs=1000 mtu=65504 term=4194304 window=2097152 rcvbuf=4194304"
                + " sndbuf=2097152");
  }

  @Test
  void shouldTakeWhatAStockKernelAllowsAndSayWhatToRaise() {
    LinkContext context = context().hostNetwork(STOCK).conclude();
    assertThat(context.choice().windowLength()).isEqualTo(131_072);
    assertThat(context.choice().receiveBufferLength()).isEqualTo(212_992);
    assertThat(context.describe())
        .endsWith("(window is 131072 of 2097152: sysctl -w net.core.rmem_max=2097152)");
  }

  @Test
  void shouldUseEthernetDatagramsBeyondLoopback() {
    LinkContext context = context().peerEndpoint("192.0.2.1:4002").wireUnsealed(true).conclude();
    assertThat(context.choice().mtuLength()).isEqualTo(1_408);
    assertThat(context.describe()).contains("UNSEALED");
  }

  @Test
  void shouldRefuseWithBothValuesAndTheRule() {
    refused(c -> c.node(null), "node must be set");
    refused(c -> c.localEndpoint(null), "localEndpoint must be set");
    refused(c -> c.peerEndpoint(null), "peerEndpoint must be set");
    refused(c -> c.localEndpoint("here"), "localEndpoint=here must be host:port");
    refused(c -> c.peerEndpoint("127.0.0.1:0"), "peerEndpoint=127.0.0.1:0 must be host:port");
    refused(c -> c.peerEndpoint("127.0.0.1:99999"), "with a port from 1 to 65535");
    refused(c -> c.peerEndpoint("127.0.0.1:4001"), "must differ from peerEndpoint=127.0.0.1:4001");
    refused(
        c -> c.peerEndpoint("192.0.2.1:4002"),
        "the wire is not sealed, so replication stays on loopback: peerEndpoint=192.0.2.1:4002 is"
            + " refused; set wire.sealed=false");
    refused(c -> c.localEndpoint("0.0.0.0:4001"), "localEndpoint=0.0.0.0:4001 is refused");
    refused(c -> c.peerTimeoutNs(1_000_000), "peerTimeout=1 ms must be at least 300 ms");
    refused(c -> c.mtuLength(1_400), "mtuLength=1400 must be a multiple of 32");
    refused(c -> c.mtuLength(65_536), "mtuLength=65536 must be a multiple of 32 from 256 to 65504");
    refused(c -> c.termLength(5_000_000), "termLength=5000000 must be a power of two");
    refused(c -> c.termLength(1 << 20), "termLength=1048576 allows messages of 131072 bytes");
    refused(c -> c.windowLength(4096), "windowLength=4096 must be at least mtuLength=65504");
    refused(c -> c.windowLength(3 << 20), "must be at most half of termLength=4194304");
    refused(
        c -> c.receiveBufferLength(1 << 20),
        "windowLength=2097152 must be at most receiveBufferLength=1048576");
    refused(
        c -> c.receiveBufferLength(8 << 20),
        "receiveBufferLength=8388608 must be at most net.core.rmem_max=4194304");
    refused(
        c -> c.sendBufferLength(8 << 20),
        "sendBufferLength=8388608 must be at most net.core.wmem_max=4194304");
    refused(c -> c.sendBufferLength(4096), "mtuLength=65504 must be at most sendBufferLength=4096");
    refused(c -> c.directoryRoot(root.resolve("none")), "cannot be used");
    refused(c -> c.termLength(1 << 30).directoryRoot(Path.of("/proc")), " left, the link needs");
    refused(LinkContext::conclude, "concluded only once");
  }

  private void refused(UnaryOperator<LinkContext> change, String message) {
    assertThatThrownBy(() -> change.apply(context()).conclude())
        .isInstanceOf(LinkConfigurationException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
