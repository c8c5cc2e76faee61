package org.understudy.node.program;

/** A process that ignores the end of its terminal and answers each line. */
final class SignalsProcess {
  private SignalsProcess() {}

  public static void main(String[] arguments) throws Exception {
    Signals.ignoreHangUp();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      System.out.println("alive");
    }
  }
}
