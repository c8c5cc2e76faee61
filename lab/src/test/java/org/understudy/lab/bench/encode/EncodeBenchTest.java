package org.understudy.lab.bench.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.understudy.node.program.UserError;

class EncodeBenchTest {
  @TempDir private Path directory;

  private Path pairs(String name, int pages) throws IOException {
    Path file = directory.resolve(name);
    SplittableRandom random = new SplittableRandom(1);
    try (PairWriter writer = new PairWriter(file)) {
      for (int page = 0; page < pages; page++) {
        byte[] old = new byte[Raw.PAGE];
        random.nextBytes(old);
        byte[] now = old.clone();
        now[random.nextInt(Raw.PAGE)]++;
        // The second half are the same addresses again: another epoch.
        long address = 0x7f00_0000_0000L + page % (pages / 2) * 3L * Raw.PAGE;
        writer.write(address, ByteBuffer.wrap(old), ByteBuffer.wrap(now));
      }
    }
    return file;
  }

  @Test
  void shouldRebuildPagesWithEveryCodecWhenFileIsPlainOrCompressed() throws Exception {
    for (String name : List.of("plain.pairs", "packed.pairs.zst")) {
      try (PairFile file = PairFile.load(pairs(name, 60))) {
        EncodeReport report =
            new EncodeReport(List.of(new EncodeBench(25, 1).run(file, List.of())));
        assertThat(report.allVerified()).isTrue();
        JsonNode codecs = new ObjectMapper().readTree(report.json()).at("/files/0/codecs");
        assertThat(codecs.fieldNames())
            .toIterable()
            .containsExactly(
                "understudy",
                "remus-xor",
                "fgbi",
                "xbzrle",
                "xbzrle-zstd1",
                "lz4",
                "zstd1",
                "zstd1ref");
        for (JsonNode codec : codecs) {
          long sum = 0;
          for (JsonNode bytes : codec.get("bytesByClass")) {
            sum += bytes.asLong();
          }
          assertThat(sum).isEqualTo(codec.get("wireBytes").asLong());
        }
      }
    }
  }

  @Test
  void shouldSayWhereWhenFileIsCutOff() throws IOException {
    Path file = pairs("cut.pairs", 4);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    assertThatThrownBy(() -> PairFile.load(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("record 3 is cut off");
  }

  @Test
  void shouldParseWritableMappingsOnly() {
    assertThat(ProcessMemory.parse("7f0000000000-7f0000002000 rw-p 00000000 00:00 0 "))
        .isEqualTo(new ProcessMemory.Range(0x7f0000000000L, 0x7f0000002000L));
    assertThat(ProcessMemory.parse("55d0-55e0 r-xp 00000000 08:01 42 /bin/true")).isNull();
  }
}
