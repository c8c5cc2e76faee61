import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.DefaultLogger;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AutomaticBean;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** Formats the sources ({@code format}) or checks their format and style rules ({@code check}). */
final class Style {
  public static void main(String[] args) throws Exception {
    Path root = Path.of(args[1]);
    List<Path> sources = sources(root);
    int unformatted = format(sources, args[0].equals("format"));
    int broken = args[0].equals("format") ? 0 : rules(root, sources);
    if (unformatted + broken > 0) {
      System.err.println(
          unformatted + " unformatted files (mend them with: mvn -Pformat compile -N), "
              + broken + " broken style rules (build/checkstyle.xml)");
      System.exit(1);
    }
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

  private static int format(List<Path> sources, boolean replace) throws Exception {
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    int unformatted = 0;
    for (Path source : sources) {
      String before = Files.readString(source);
      String after =
          formatter.formatSource(
              com.google.googlejavaformat.java.ImportOrderer.reorderImports(
                  RemoveUnusedImports.removeUnusedImports(before), JavaFormatterOptions.Style.GOOGLE));
      if (!after.equals(before)) {
        if (replace) {
          Files.writeString(source, after);
        } else {
          System.err.println("not formatted: " + source);
          unformatted++;
        }
      }
    }
    return unformatted;
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
