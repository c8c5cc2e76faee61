package org.understudy.node.program;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the program. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"understudy " + number() + " (Java " + Runtime.version() + ")"};
  }

  /** Version number of the build. */
  public static String number() throws IOException {
    return properties().getProperty("version");
  }

  /** The JVM flags that the program needs, one list for launcher, tests and child processes. */
  public static List<String> jvmFlags() throws IOException {
    return List.of(properties().getProperty("jvm.flags").split(" +"));
  }

  /** What a node's JVM is given besides, for its memory. */
  public static List<String> nodeFlags() throws IOException {
    return List.of(properties().getProperty("node.flags").split(" +"));
  }

  /** The heap among those flags. */
  public static long nodeHeapBytes() throws IOException {
    return Long.parseLong(properties().getProperty("node.heap.mib")) << 20;
  }

  /** Name of the program's main class: what starts this program once more. */
  public static String mainClass() throws IOException {
    return properties().getProperty("main.class");
  }

  private static Properties properties() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/understudy-version.properties")) {
      properties.load(in);
    }
    return properties;
  }
}
