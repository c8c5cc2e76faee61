package org.understudy.checkpoint.codec.section;

import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jpountz.lz4.LZ4Factory;
import org.understudy.checkpoint.codec.format.ZstdNative;

/**
 * Loads the compressors' libraries from a directory that the caller chooses, at a time that he
 * chooses. By themselves they unpack into {@code java.io.tmpdir} at their first use, which is when
 * a backup joins: there is no room for an error then, and a killed process leaves its files behind.
 */
public final class CodecLibraries {
  private static final String LZ4 =
      "/net/jpountz/util/linux/" + System.getProperty("os.arch") + "/liblz4-java.so";

  private CodecLibraries() {}

  /**
   * Loads them and removes their files, which stay mapped.
   *
   * @param directory exists, and only this process uses it
   * @throws IOException if its file system is full or lets no code be run from it
   */
  public static void load(Path directory) throws IOException {
    try {
      Native.load(directory.toFile());
      ZstdNative.freeCompressor(ZstdNative.newCompressor(0, 0));
      loadLz4(directory);
    } catch (LinkageError e) {
      throw new IOException(String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", "; "), e);
    } finally {
      clear(directory);
    }
  }

  /** Without a library it works too, more slowly: nothing fails for it. */
  private static void loadLz4(Path directory) throws IOException {
    try (InputStream library = LZ4Factory.class.getResourceAsStream(LZ4)) {
      if (library != null) {
        Path file = directory.resolve("liblz4-java.so");
        Files.copy(library, file);
        loadFile(file);
        MethodHandles.privateLookupIn(net.jpountz.util.Native.class, MethodHandles.lookup())
            .findStaticVarHandle(net.jpountz.util.Native.class, "loaded", boolean.class)
            .set(true);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of lz4-java cannot be told of its library", e);
    }
    LZ4Factory.fastestInstance();
  }

  @SuppressWarnings("restricted") // a library of a dependency of ours
  private static void loadFile(Path file) {
    System.load(file.toAbsolutePath().toString());
  }

  private static void clear(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "lib*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }
}
