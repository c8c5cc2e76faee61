package org.understudy.node.role;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and initializes whole modules of ours while nobody waits: what a takeover uses first would
 * be read, verified and linked in it, class by class.
 */
final class ClassWarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(ClassWarmUp.class);
  private static final String SUFFIX = ".class";

  private ClassWarmUp() {}

  /** In the background, the modules that these classes lie in. */
  static void start(Class<?>... samples) {
    Thread.ofPlatform()
        .daemon()
        .name("warm-up")
        .start(() -> {
          for (Class<?> sample : samples) {
            LOG.debug("{} classes are ready", load(sample));
          }
        });
  }

  /** All classes that lie where this one does; returns how many could be initialized. */
  static int load(Class<?> sample) {
    int loaded = 0;
    try {
      for (String name : names(sample)) {
        loaded += initialize(name, sample.getClassLoader()) ? 1 : 0;
      }
    } catch (IOException | URISyntaxException | RuntimeException e) {
      LOG.debug("classes beside {}: {}", sample, e.toString()); // a takeover loads them then
    }
    return loaded;
  }

  private static boolean initialize(String name, ClassLoader loader) {
    try {
      Class.forName(name, true, loader);
      return true;
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      LOG.debug("class {}: {}", name, e.toString());
      return false;
    }
  }

  private static List<String> names(Class<?> sample) throws IOException, URISyntaxException {
    Path place = Path.of(sample.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return namesBelow(place);
    }
    try (FileSystem archive = FileSystems.newFileSystem(place)) {
      return namesBelow(archive.getPath("/"));
    }
  }

  private static List<String> namesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(SUFFIX) && !file.contains("-"))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()).replace('/', '.'))
          .toList();
    }
  }
}
