package org.understudy.lab.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.understudy.lab.pair.PairLayout.Place;

@Timeout(60)
class NamespacesTest {
  private static final long SELF = ProcessHandle.current().pid();

  @BeforeEach
  void assumeNamespaces() {
    Machine.assumeNamespaces();
  }

  private static List<String> of(long owner) throws IOException {
    return Namespaces.existing().stream()
        .filter(name -> Namespaces.ownerOf(name) == owner)
        .toList();
  }

  private static String links() throws IOException, InterruptedException {
    return Tool.run("", List.of("ip", "-brief", "link"));
  }

  @Test
  void shouldJoinNodesAndClientAndLeaveNothing() throws Exception {
    String before = links();
    try (Namespaces namespaces = new Namespaces(SELF)) {
      VmLayout layout = new VmLayout(namespaces);
      layout.create();

      assertThat(of(SELF)).hasSize(3);
      assertThat(links()).isEqualTo(before);
      for (Place place : Place.values()) {
        assertThat(ping(layout.clientPrefix(), VmLayout.address(place))).isZero();
        assertThat(ping(layout.prefix(place), VmLayout.address(place.other()))).isZero();
      }
    }
    assertThat(of(SELF)).isEmpty();
    assertThat(links()).isEqualTo(before);
  }

  /** By the kernel alone: a bridge answers as soon as its address is up. */
  private static int ping(List<String> prefix, String address) throws Exception {
    List<String> command = new java.util.ArrayList<>(prefix);
    command.addAll(
        List.of(java(), "-cp", System.getProperty("java.class.path"), Reach.class.getName()));
    command.add(address);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Exits with 0 if a host refuses a connection, which only one that is there can. */
  static final class Reach {
    private Reach() {}

    public static void main(String[] arguments) throws IOException {
      try (java.net.Socket socket = new java.net.Socket()) {
        socket.connect(new java.net.InetSocketAddress(arguments[0], 9), 10_000);
      } catch (java.net.ConnectException e) {
        System.exit(e.getMessage().contains("refused") ? 0 : 1);
      }
      System.exit(1);
    }
  }

  @Test
  void shouldRemoveWhatAKilledOwnerLeft() throws Exception {
    Process owner =
        new ProcessBuilder(
                java(), "-cp", System.getProperty("java.class.path"), Owner.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long sleeper;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
      sleeper = Long.parseLong(lines.readLine());
      // A living owner's are left alone.
      Namespaces.removeDead();
      assertThat(of(owner.pid())).hasSize(3);
    } finally {
      owner.destroyForcibly().waitFor();
    }

    assertThat(Namespaces.removeDead()).contains("us-" + owner.pid() + "-client");
    assertThat(of(owner.pid())).isEmpty();
    ProcessHandle.of(sleeper)
        .ifPresent(left -> left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  /** Makes a layout, starts a program in it that outlives its parent, and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws Exception {
      VmLayout layout = new VmLayout(new Namespaces(ProcessHandle.current().pid()));
      layout.create();
      List<String> command = new java.util.ArrayList<>(layout.prefix(Place.B));
      command.addAll(List.of("sleep", "600"));
      System.out.println(new ProcessBuilder(command).start().pid());
      Thread.sleep(TimeUnit.MINUTES.toMillis(10));
    }
  }
}
