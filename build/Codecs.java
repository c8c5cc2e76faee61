import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import uk.co.real_logic.sbe.SbeTool;

/**
 * Generates the classes of a wire schema, the one argument, into {@code sbe.output.dir}: only where
 * schema, options or generator changed, since whoever generates them compiles all that stands on
 * them once more.
 */
final class Codecs {
  public static void main(String[] args) throws Exception {
    Path output = Path.of(System.getProperty("sbe.output.dir"));
    Path made = output.resolveSibling("sbe.made");
    String digest = digest(Path.of(args[0]));
    if (Files.exists(made) && Files.isDirectory(output) && Files.readString(made).equals(digest)) {
      return;
    }
    Files.deleteIfExists(made);
    remove(output);
    SbeTool.main(args);
    Files.writeString(made, digest);
  }

  private static String digest(Path schema) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(schema));
    digest.update(System.getProperty("java.class.path").getBytes(UTF_8));
    TreeMap<Object, Object> options = new TreeMap<>(System.getProperties());
    options.keySet().removeIf(key -> !key.toString().startsWith("sbe."));
    digest.update(options.toString().getBytes(UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void remove(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      }
    }
  }
}
