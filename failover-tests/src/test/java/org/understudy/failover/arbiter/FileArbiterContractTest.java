package org.understudy.failover.arbiter;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.arbiter.FileArbiter;
import org.understudy.node.arbiter.RegisterStore;

class FileArbiterContractTest extends ArbiterContract {
  @TempDir private Path directory;

  @Override
  RegisterStore open() throws IOException {
    return new FileArbiter(directory);
  }
}
