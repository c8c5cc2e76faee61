import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.DefaultLogger;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AutomaticBean;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Formats the sources ({@code format}) or checks their format and style rules ({@code check}). A
 * source that was found right is not looked at again until it, the rules or the libraries change.
 */
final class Style {
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[1]);
    boolean replace = args[0].equals("format");
    Path known = root.resolve("target/style.checked");
    Map<Path, String> digests = digests(root, rulesDigest(root));
    Set<String> right = Files.exists(known) ? Set.copyOf(Files.readAllLines(known)) : Set.of();
    List<Path> sources =
        digests.keySet().stream().filter(s -> !right.contains(digests.get(s))).toList();
    if (replace) {
      format(sources, true);
      return;
    }
    int unformatted = format(sources, false);
    int broken = rules(root, sources);
    if (unformatted + broken > 0) {
      System.err.println(
          unformatted + " unformatted files (mend them with: mvn -Pformat compile -N), "
              + broken + " broken style rules (build/checkstyle.xml)");
      System.exit(1);
    }
    Files.createDirectories(known.getParent());
    Files.write(known, digests.values());
  }

  /** What decides about a source besides itself. */
  private static byte[] rulesDigest(Path root) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(root.resolve("build/Style.java")));
    digest.update(Files.readAllBytes(root.resolve("build/checkstyle.xml")));
    digest.update(System.getProperty("java.class.path").getBytes(UTF_8));
    return digest.digest();
  }

  private static Map<Path, String> digests(Path root, byte[] rules) throws Exception {
    Map<Path, String> digests = new LinkedHashMap<>();
    for (Path source : sources(root)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(rules);
      digest.update(source.toString().getBytes(UTF_8));
      digest.update(Files.readAllBytes(source));
      digests.put(source, HexFormat.of().formatHex(digest.digest()));
    }
    return digests;
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.filter(m -> Files.isDirectory(m.resolve("src"))).toList()) {
        try (Stream<Path> files = Files.walk(module.resolve("src"))) {
          files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return sources;
  }

  private static int format(List<Path> sources, boolean replace) {
    return sources.parallelStream().mapToInt(source -> format(source, replace)).sum();
  }

  /** One for a source that is not formatted and stays so. */
  private static int format(Path source, boolean replace) {
    try {
      String before = Files.readString(source);
      String after =
          new Formatter(JavaFormatterOptions.defaultOptions())
              .formatSource(
                  ImportOrderer.reorderImports(
                      RemoveUnusedImports.removeUnusedImports(before),
                      JavaFormatterOptions.Style.GOOGLE));
      if (after.equals(before)) {
        return 0;
      }
      if (replace) {
        Files.writeString(source, after);
        return 0;
      }
      System.err.println("not formatted: " + source);
      return 1;
    } catch (FormatterException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int rules(Path root, List<Path> sources) throws Exception {
    Checker checker = new Checker();
    try {
      checker.setModuleClassLoader(Checker.class.getClassLoader());
      checker.configure(
          ConfigurationLoader.loadConfiguration(
              root.resolve("build/checkstyle.xml").toString(),
              new PropertiesExpander(new Properties())));
      checker.addListener(
          new DefaultLogger(System.err, AutomaticBean.OutputStreamOptions.NONE));
      return checker.process(sources.stream().map(Path::toFile).toList());
    } finally {
      checker.destroy();
    }
  }
}
