package org.understudy.failover.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate that vouches for itself, and its key, in PEM files.
 *
 * @param certificate for 127.0.0.1
 * @param key without a password
 */
record Certificates(Path certificate, Path key) {
  private static final String PASSWORD = "password";
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  static Certificates make(Path directory, String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return new Certificates(
        write(directory, name, "CERTIFICATE", keys.getCertificate(name).getEncoded()),
        write(
            directory,
            name,
            "PRIVATE KEY",
            keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
  }

  private static Path write(Path directory, String name, String kind, byte[] der) throws Exception {
    String text =
        "-----BEGIN "
            + kind
            + "-----\n"
            + LINES.encodeToString(der)
            + "\n-----END "
            + kind
            + "-----\n";
    Path file = directory.resolve(name + "-" + kind.toLowerCase().replace(' ', '-') + ".pem");
    return Files.writeString(file, text);
  }
}
