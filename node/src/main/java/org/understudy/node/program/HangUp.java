package org.understudy.node.program;

/** The signal of a terminal that is closed. */
public final class HangUp {
  private HangUp() {}

  /**
   * From here on it does nothing: whoever closes the window in which a node was started does not
   * mean that its guest is to end on both nodes. By reflection, since the compiler warns of the
   * JDK's class for signals, which has no supported name.
   */
  public static void ignore() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance("HUP"),
              handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      System.err.println("understudy: SIGHUP ends this process as SIGTERM does: " + e.getMessage());
    }
  }
}
