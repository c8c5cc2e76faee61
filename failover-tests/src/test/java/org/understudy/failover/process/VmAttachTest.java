package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.cli.Main;
import org.understudy.node.config.ConfigLoader;
import org.understudy.node.config.NodeConfig;
import org.understudy.node.program.ExitCode;

/**
 * The demo, whose machine is started by the test with a command line of its own: a script as an
 * operator would have it. Its node is killed, the guest goes on at the backup; the dead node's
 * place gets a new node, which ends what the old one left and is the next to take over.
 */
@Timeout(900)
class VmAttachTest {
  private static final String ENDED = "was attached by a process of this node that is gone";

  @TempDir Path directory;
  private Process demo;
  private Process machine;

  @AfterEach
  void endAll() {
    for (Process process : new Process[] {machine, demo}) {
      if (process != null) {
        process.destroyForcibly();
        process.onExit().join();
      }
    }
  }

  @Test
  void shouldProtectAMachineThatAScriptStarted() throws Exception {
    Path output = directory.resolve("demo.json");
    Path qmp = directory.resolve("m.qmp");
    startDemo(output, "--set", "vm.attach=\"" + qmp + "\"");
    Optional<Path> files = awaitServedDisks();
    if (files.isPresent()) {
      startMachine(files.get(), qmp);
      awaitEndOfLeftOver(files.get().resolve("a").resolve("node.log"));
    }
    int code = demo.waitFor();
    JsonNode json = new ObjectMapper().readTree(output.toFile());
    assumeTrue(code != ExitCode.REFUSED, json.path("failures").toString());

    assertThat(json.path("failures")).isEmpty();
    assertThat(json.path("verdict").asText()).isEqualTo("ok");
    assertThat(json.path("takeovers").asInt()).isEqualTo(2);
    assertThat(json.at("/guestBootId/before")).isEqualTo(json.at("/guestBootId/after"));
    assertThat(json.at("/workloads/disk/records").asLong()).isPositive();
    assertThat(code).isEqualTo(ExitCode.OK);
  }

  private void startDemo(Path output, String... options) throws IOException {
    List<String> command = JavaCommand.of(Main.class, directory);
    command.addAll(List.of("demo", "vm", "--json", "--accelerator=tcg", "--rate=300"));
    command.addAll(List.of("--kills=2", "--seconds=6", "--memory=256MiB", "--disk=1MiB"));
    command.addAll(List.of(options));
    demo =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(output.toFile())
            .start();
  }

  /** Directory of the run once its primary serves the disks; empty where the demo ended first. */
  private Optional<Path> awaitServedDisks() throws Exception {
    while (demo.isAlive()) {
      try (Stream<Path> runs = Files.list(directory)) {
        Optional<Path> found =
            runs.filter(run -> Files.exists(run.resolve("a").resolve("vm").resolve("disks")))
                .findFirst();
        if (found.isPresent()) {
          return found;
        }
      }
      Thread.sleep(20);
    }
    return Optional.empty();
  }

  private void startMachine(Path files, Path qmp) throws Exception {
    NodeConfig config = ConfigLoader.load(files.resolve("a-primary.conf"), List.of());
    String namespace = "us-" + demo.pid() + "-a";
    ip(namespace, "tuntap", "add", "dev", "tap9", "mode", "tap");
    ip(namespace, "link", "set", "tap9", "master", config.vm().nics().getFirst().bridge(), "up");
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    command.addAll(List.of("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"));
    command.addAll(List.of("-nodefaults", "-display", "none", "-accel", "tcg", "-m", "256M"));
    command.addAll(List.of("-smp", "1,maxcpus=2"));
    command.addAll(List.of("-machine", "pc-i440fx-7.2,memory-backend=pc.ram"));
    command.addAll(List.of("-object", "memory-backend-memfd,id=pc.ram,size=256M,share=on"));
    command.addAll(
        List.of("-kernel", config.vm().kernel(), "-initrd", config.vm().initrd(), "-append"));
    command.add(config.vm().append());
    command.addAll(
        List.of(
            "-blockdev",
            "driver=nbd,node-name=some,server.type=unix,server.path="
                + files.resolve("a").resolve("vm").resolve("disks")
                + ",export=d0,discard=unmap"));
    command.addAll(List.of("-device", "virtio-blk-pci,drive=some,disable-modern=on"));
    command.addAll(List.of("-netdev", "tap,id=any,ifname=tap9,script=no,downscript=no,vhost=off"));
    command.addAll(
        List.of(
            "-device",
            "virtio-net-pci,netdev=any,romfile=,disable-modern=on,mac="
                + config.vm().nics().getFirst().mac()));
    command.addAll(config.vm().extra());
    command.addAll(List.of("-qmp", "unix:" + qmp + ",server=on,wait=off"));
    command.addAll(List.of("-qmp", "unix:" + qmp + "-save,server=on,wait=off"));
    machine =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("machine.log").toFile())
            .start();
  }

  private static void ip(String namespace, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** It outlives its node, without disks and with its output held, until the next node starts. */
  private void awaitEndOfLeftOver(Path log) throws Exception {
    while (demo.isAlive()) {
      if (Files.exists(log) && Files.readString(log).contains(ENDED)) {
        machine.waitFor();
        return;
      }
      Thread.sleep(20);
    }
    assertThat(demo.exitValue()).as("the left QEMU was not ended").isNotEqualTo(ExitCode.OK);
  }
}
