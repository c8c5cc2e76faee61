package org.understudy.node.run;

/** A program whose parts need as much heap as its first argument says, in MiB. */
final class HeapLimitProcess {
  private HeapLimitProcess() {}

  public static void main(String[] arguments) throws Exception {
    HeapLimit.fit(Long.parseLong(arguments[0]) << 20);
    System.out.println(ProcessHandle.current().pid());
    System.out.println(Runtime.getRuntime().maxMemory());
    System.out.println(arguments[1]);
    System.out.println(System.getenv("UNDERSTUDY_TEST"));
    System.out.println((char) System.in.read());
  }
}
