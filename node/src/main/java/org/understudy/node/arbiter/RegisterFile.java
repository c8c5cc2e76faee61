package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.understudy.pair.ownership.Register;

/**
 * One generation of a register, in a file that is named after it.
 *
 * @param format reads it
 * @param register what it says
 * @param text its content
 */
record RegisterFile(RegisterText format, Register register, byte[] text) {
  static RegisterFile read(Path file, long generation) throws IOException {
    RegisterText format =
        new RegisterText(
            "register file " + file,
            "restore it from a copy, or, if both nodes are down and their guest may be given up,"
                + " remove the whole directory "
                + file.getParent());
    if (Files.size(file) > RegisterText.MAX_BYTES) {
      throw format.damaged("it has " + Files.size(file) + " bytes");
    }
    byte[] text = Files.readAllBytes(file);
    Register register = format.parse(text);
    if (register.generation() != generation) {
      throw format.damaged("it says generation " + register.generation());
    }
    return new RegisterFile(format, register, text);
  }

  /** It and those before it. */
  List<RegisterChange> history() throws IOException {
    return format.history(text);
  }
}
