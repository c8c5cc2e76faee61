package org.understudy.simulation.planted;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the compiled modules and their libraries are; {@code build/test} puts them there. */
final class Modules {
  private static final Pattern FLAGS = Pattern.compile("<jvm\\.flags>(.*?)</jvm\\.flags>");

  private final Path root;

  Modules(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** Everything that the module's classes, and its tests, need. */
  List<String> classPath(String module, boolean withTests) throws IOException {
    List<String> path = new ArrayList<>();
    Path target = root.resolve(module).resolve("target");
    if (withTests) {
      path.add(target.resolve("test-classes").toString());
    }
    path.add(target.resolve("classes").toString());
    Path libraries = target.resolve("test.classpath");
    if (!Files.isRegularFile(libraries)) {
      throw new IOException("there is no " + libraries + "; build/test --compile " + module);
    }
    for (String entry : Files.readString(libraries).strip().split(File.pathSeparator)) {
      Path library = Path.of(entry);
      path.add(library.startsWith(root) ? classesOf(library) : library.toString());
    }
    return path;
  }

  /** Of our own modules the classes, which are newer than what was packed, wherever that lies. */
  private String classesOf(Path packed) {
    Path module = root.resolve(root.relativize(packed).getName(0));
    return module.resolve("target").resolve("classes").toString();
  }

  /** What every virtual machine of this project is started with. */
  List<String> flags() throws IOException {
    Matcher flags = FLAGS.matcher(Files.readString(root.resolve("pom.xml")));
    if (!flags.find()) {
      throw new IOException("pom.xml has no jvm.flags");
    }
    return List.of(flags.group(1).trim().split("\\s+"));
  }

  /** The full name of a test class. */
  String fullName(String module, String simpleName) throws IOException {
    Path tests = root.resolve(module).resolve("src/test/java");
    try (var files = Files.walk(tests)) {
      Path file =
          files
              .filter(one -> one.getFileName().toString().equals(simpleName + ".java"))
              .findFirst()
              .orElseThrow(() -> new IOException(module + " has no test " + simpleName));
      String name = tests.relativize(file).toString();
      return name.substring(0, name.length() - ".java".length()).replace('/', '.');
    }
  }
}
