package org.understudy.vm.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.understudy.host.LinuxCalls;

/** A network namespace of a test, with what the test puts into it; gone when closed. */
public final class Namespace implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int CLONE_NEWNET = 0x40000000;
  private static final MethodHandle SETNS = setns();

  private final String name =
      "us-net-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

  /** Makes an empty one, its loopback on. */
  public Namespace() throws IOException {
    run("ip", "netns", "add", name);
    ip("link set lo up");
  }

  /** Skips the test, saying why, where namespaces cannot be made. */
  public static void assumePossible() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "not root: namespaces cannot be made");
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> new File(folder, "ip").canExecute());
    Assumptions.assumeTrue(there, "ip is missing: install iproute2");
    Assumptions.assumeTrue(new File("/dev/net/tun").exists(), "/dev/net/tun is missing");
  }

  /** Runs {@code ip} in it. */
  public String ip(String words) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(words.split(" ")));
    return run(command.toArray(String[]::new));
  }

  /** The command that starts another in it; the process stays the same. */
  public List<String> inside(List<String> command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
    line.addAll(command);
    return line;
  }

  /** Does something on a thread that is in it; sockets and taps opened there belong to it. */
  public <T> T call(Callable<T> work) throws Exception {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          enter();
          return work.call();
        });
    Thread.ofPlatform().daemon().name("in-" + name).start(task);
    try {
      return task.get(120, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Moves the calling thread, for the rest of its life. */
  public void enter() {
    int fd = LinuxCalls.open("/run/netns/" + name, 0, 0);
    LinuxCalls.check(fd, "open namespace " + name);
    try {
      if ((int) SETNS.invokeExact(fd, CLONE_NEWNET) != 0) {
        throw new IllegalStateException("cannot enter namespace " + name);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    } finally {
      LinuxCalls.close(fd);
    }
  }

  @Override
  public void close() throws IOException {
    run("ip", "netns", "del", name);
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle setns() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find("setns").orElseThrow(),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  }
}
