package org.understudy.node.program;

/** A program that says how often it is asked to end, and ends with a verdict of its own. */
final class ShutdownProcess {
  /** Its verdict. */
  static final int CODE = 42;

  private ShutdownProcess() {}

  public static void main(String[] arguments) throws Exception {
    Shutdown.install();
    Shutdown.onRequest(() -> System.out.println("asked"));
    System.out.println("ready");
    // Until its parent has seen all that it wants to see.
    System.in.read();
    Shutdown.exit(CODE);
  }
}
