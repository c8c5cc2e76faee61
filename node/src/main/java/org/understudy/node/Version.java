package org.understudy.node;

import java.io.IOException;
import java.io.InputStream;
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
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/understudy-version.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }
}
