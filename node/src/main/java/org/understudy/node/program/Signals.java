package org.understudy.node.program;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the kernel, each time they come: the JDK's shutdown hooks see only the first one. By
 * reflection, since the compiler refuses the JDK's class, which has no supported name.
 */
public final class Signals {
  private Signals() {}

  /**
   * From here on the signal of a terminal that is closed does nothing, to child processes neither:
   * whoever closes the window in which a node was started does not mean that its guest is to end on
   * both nodes.
   */
  public static void ignoreHangUp() {
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      // Ignored, not caught: QEMU inherits what is ignored.
      install("HUP", handler, handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      System.err.println("understudy: SIGHUP ends this process as SIGTERM does: " + e.getMessage());
    }
  }

  private static void install(String name, Class<?> handlerType, Object handler)
      throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Object of = signal.getConstructor(String.class).newInstance(name);
    signal.getMethod("handle", signal, handlerType).invoke(null, of, handler);
  }

  /**
   * Runs {@code action} on a thread of its own each time that the signal comes.
   *
   * @param name without its prefix, for example {@code TERM}
   * @return false where the JVM keeps the signal for itself ({@code -Xrs})
   */
  static boolean handle(String name, Runnable action) {
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  action.run();
                  yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "handler of " + name;
              };
      Object proxy =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, call);
      install(name, handler, proxy);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
