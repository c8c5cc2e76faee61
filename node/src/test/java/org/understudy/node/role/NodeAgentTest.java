package org.understudy.node.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.node.program.ExitCode;
import org.understudy.node.run.ThreadDeaths;
import org.understudy.pair.session.SessionEvents;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.link.LinkListener;
import org.understudy.protocol.link.LinkTraffic;
import org.understudy.protocol.monitor.DeferredMonitor;
import org.understudy.protocol.monitor.PeerMonitor;
import org.understudy.protocol.wire.MessageSender;
import org.understudy.protocol.wire.SessionStamp;

/** What becomes of a node whose duty cycle fails. */
@Timeout(60)
class NodeAgentTest {
  /** A role whose every second cycle fails, with an exception or an error. */
  private static final class Failing implements Role {
    private final boolean isLastCopy;
    private int cycles;
    private int failures;

    Failing(boolean isLastCopy) {
      this.isLastCopy = isLastCopy;
    }

    @Override
    public boolean isGuestEnded() {
      return false;
    }

    @Override
    public int doWork(long nowNs) {
      if (++cycles % 2 == 0) {
        throw cycles % 4 == 0 ? fail() : new IllegalStateException("planted");
      }
      return 1;
    }

    private static RuntimeException fail() {
      throw new OutOfMemoryError("planted");
    }

    @Override
    public void onFailure(Throwable cause) {
      failures++;
    }

    @Override
    public boolean isLastCopy() {
      return isLastCopy;
    }

    @Override
    public boolean isOver() {
      return cycles >= 8;
    }

    @Override
    public LinkListener link() {
      return new LinkListener() {};
    }

    @Override
    public SessionEvents events() {
      return null;
    }

    @Override
    public void cycleStart(long nowNs) {}

    @Override
    public int exitCode() {
      return ExitCode.OK;
    }

    @Override
    public void requestStop(String reason) {}

    @Override
    public void requestStopNow(String reason) {}

    @Override
    public boolean stays() {
      return false;
    }

    @Override
    public void describe(StatusDraft draft) {}

    @Override
    public void close() {}

    @Override
    public long longestStallNs() {
      return 0;
    }
  }

  /** A link to nowhere. */
  private static final class NoLink implements Link {
    @Override
    public void listen(LinkListener listener) {}

    @Override
    public int doWork() {
      return 0;
    }

    @Override
    public MessageSender sender() {
      return null;
    }

    @Override
    public SessionStamp session() {
      return new SessionStamp();
    }

    @Override
    public boolean isConnected() {
      return false;
    }

    @Override
    public boolean isPeerThere() {
      return false;
    }

    @Override
    public boolean isFlushed() {
      return true;
    }

    @Override
    public void renew() {}

    @Override
    public LinkTraffic traffic() {
      return null;
    }

    @Override
    public String describe() {
      return "nowhere";
    }

    @Override
    public void close() {}
  }

  private static final class NoMonitor implements PeerMonitor {
    @Override
    public int doWork(long nowNs) {
      return 0;
    }

    @Override
    public int localPort() {
      return 0;
    }

    @Override
    public boolean isPeerConnected() {
      return false;
    }

    @Override
    public long strangers() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static NodeAgent agent(Role role) {
    NodeAgent agent =
        new NodeAgent(
            new NoLink(),
            new NoMonitor(),
            new DeferredMonitor(),
            null,
            new BusySpinIdleStrategy(),
            ThreadDeaths.ofNobody());
    agent.become(role);
    return agent;
  }

  @Test
  void shouldGoOnWhenCyclesFailAndNobodyElseHasTheGuest() {
    Failing role = new Failing(true);
    agent(role).run();
    assertThat(role.cycles).isEqualTo(8);
    assertThat(role.failures).isEqualTo(4);
  }

  @Test
  void shouldEndWhenACycleFailsAndAnotherNodeHasTheGuest() {
    Failing role = new Failing(false);
    NodeAgent agent = agent(role);
    assertThatThrownBy(agent::run).hasMessage("planted");
    assertThat(role.cycles).isEqualTo(2);
  }
}
