package org.understudy.node.arbiter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.understudy.pair.ownership.Register;

/** One generation of a register, in a file that is named after it. */
final class RegisterFile {
  private RegisterFile() {}

  static Register read(Path file, long generation) throws IOException {
    RegisterText text =
        new RegisterText(
            "register file " + file,
            "restore it from a copy, or, if both nodes are down and their guest may be given up,"
                + " remove the whole directory "
                + file.getParent());
    if (Files.size(file) > RegisterText.MAX_BYTES) {
      throw text.damaged("it has " + Files.size(file) + " bytes");
    }
    Register register = text.parse(Files.readAllBytes(file));
    if (register.generation() != generation) {
      throw text.damaged("it says generation " + register.generation());
    }
    return register;
  }
}
