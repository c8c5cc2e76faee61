package org.understudy.vm.track;

/**
 * A process of its own for {@link Injection}: the JDK waits for each child of a JVM, so that one
 * which is traced from the JVM that started it would be taken for dead at its first stop.
 */
final class InjectionMain {
  static final String DONE = "done ";

  private InjectionMain() {}

  /** {@code register PID FILE BYTES} or {@code release PID FD}. */
  public static void main(String[] arguments) {
    try {
      long pid = Long.parseLong(arguments[1]);
      if (arguments[0].equals("register")) {
        long bytes = Long.parseLong(arguments[3]);
        ProcessMaps.Mapping memory = ProcessMaps.of(pid).wholeFile(arguments[2], bytes);
        System.out.println(DONE + Injection.register(pid, memory));
      } else {
        Injection.release(pid, Integer.parseInt(arguments[2]));
        System.out.println(DONE);
      }
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    }
  }
}
