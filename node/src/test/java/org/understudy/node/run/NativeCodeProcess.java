package org.understudy.node.run;

import java.nio.file.Path;
import org.understudy.node.program.UserError;

/** A process that loads the libraries from below a directory and says what came of it. */
final class NativeCodeProcess {
  private NativeCodeProcess() {}

  public static void main(String[] arguments) {
    try {
      NativeCode.load(Path.of(arguments[0]));
      System.out.println("loaded");
    } catch (UserError e) {
      System.out.println(e.getMessage());
    }
    System.out.flush();
    Runtime.getRuntime().halt(0); // as a kill would: nothing is cleaned up on the way out
  }
}
