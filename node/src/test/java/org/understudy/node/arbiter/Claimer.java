package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Path;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Ownership;
import org.understudy.pair.ownership.Register;

/** A process that claims generations until one is reached and prints those that it won. */
final class Claimer {
  private Claimer() {}

  /** Arguments: directory, own name, last generation; "freeze" stops before the first link. */
  public static void main(String[] arguments) throws IOException {
    boolean freeze = arguments.length > 3 && arguments[3].equals("freeze");
    FileArbiter arbiter =
        new FileArbiter(Path.of(arguments[0]), () -> {}, freeze ? Claimer::waitForInput : () -> {});
    NodeId self = new NodeId(arguments[1], ProcessHandle.current().pid());
    System.out.println("ready");
    if (!freeze) {
      waitForInput();
    }
    claim(arbiter, self, Long.parseLong(arguments[2]));
    System.out.println("done");
  }

  private static void claim(FileArbiter arbiter, NodeId self, long last) throws IOException {
    while (true) {
      Register current = arbiter.read().orElseThrow();
      if (current.generation() >= last) {
        return;
      }
      Register next = current.next(new Ownership.Solo(self));
      if (arbiter.compareAndSet(next)) {
        System.out.println("won " + next.generation());
      } else {
        System.out.println("lost " + next.generation());
      }
    }
  }

  private static void waitForInput() {
    try {
      System.out.println("waiting");
      if (System.in.read() < 0) {
        throw new IOException("parent is gone");
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
