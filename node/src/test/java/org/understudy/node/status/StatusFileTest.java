package org.understudy.node.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFileTest {
  @TempDir private Path directory;

  @Test
  void shouldReadBackWhatWasWritten() throws IOException {
    StatusFile file = new StatusFile(directory.resolve("status.json"));
    assertThat(file.read()).isEmpty();
    file.write(StatusSamples.full());
    assertThat(file.read()).contains(StatusSamples.full());
  }

  @Test
  void shouldUseTheWordsOfTheDocumentsWhenWritten() throws IOException {
    Path path = directory.resolve("status.json");
    new StatusFile(path).write(StatusSamples.full());
    assertThat(Files.readString(path)).contains("\"state\" : \"solo\"");
    for (NodeState state : NodeState.values()) {
      assertThat(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(state))
          .isEqualTo('"' + state.word() + '"');
    }
  }

  @Test
  void shouldFillInEmptyGroupsWhenAnOlderFileLacksThem() throws IOException {
    Path path = directory.resolve("status.json");
    Files.writeString(path, "{\"node\":\"a\",\"state\":\"protected\",\"novelty\":1}");
    NodeStatus status = new StatusFile(path).read().orElseThrow();
    assertThat(status.state()).isEqualTo(NodeState.PROTECTED);
    assertThat(status.replication().wireBytesByClass()).isEmpty();
    assertThat(status.takeovers()).isEmpty();
  }

  @Test
  void shouldNameTheFileWhenItIsNoJson() throws IOException {
    Path path = Files.writeString(directory.resolve("status.json"), "{");
    assertThatThrownBy(() -> new StatusFile(path).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void shouldNeverShowHalfAFileWhenReadWhileWritten() throws Exception {
    StatusFile file = new StatusFile(directory.resolve("status.json"));
    file.write(StatusSamples.full());
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        new Thread(() -> {
          while (!stop.get()) {
            try {
              file.write(StatusSamples.full());
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
    writer.start();
    try {
      for (int i = 0; i < 500; i++) {
        assertThat(file.read()).contains(StatusSamples.full());
      }
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void shouldSayThatNobodyWritesItAnyMoreWhenItIsOld() {
    NodeStatus status = StatusSamples.full();
    assertThat(status.ageUs(status.writtenAtUs() + 500)).isEqualTo(500);
    assertThat(status.ageUs(0)).as("a clock that was set back").isZero();
    assertThat(status.isStale(status.writtenAtUs() + 1_000_000)).isFalse();
    assertThat(status.isStale(status.writtenAtUs() + 3_000_000)).isTrue();
  }
}
