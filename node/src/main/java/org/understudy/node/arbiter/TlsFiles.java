package org.understudy.node.arbiter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * PEM files of a client of TLS.
 *
 * @param authority certificates that the other side's must come from
 * @param certificate this side's, with those between it and an authority; null to show none
 * @param key its private key, PKCS 8 without a password; null with no certificate
 */
public record TlsFiles(Path authority, Path certificate, Path key) {
  private static final char[] NO_PASSWORD = new char[0];

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);

  /**
   * Reads the files.
   *
   * @throws IOException naming the file that cannot be used
   */
  public SSLContext context() throws IOException {
    try {
      KeyStore trusted = empty();
      int count = 0;
      for (Certificate one : certificates(authority)) {
        trusted.setCertificateEntry("authority-" + count++, one);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(certificate == null ? null : own(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS to the arbiter cannot be set up: " + e.getMessage(), e);
    }
  }

  private KeyManager[] own() throws IOException, GeneralSecurityException {
    KeyStore mine = empty();
    Certificate[] chain = certificates(certificate).toArray(new Certificate[0]);
    PrivateKey secret = privateKey(chain[0].getPublicKey().getAlgorithm());
    mine.setKeyEntry("node", secret, NO_PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(mine, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file) throws IOException {
    // A private key may stand beside them.
    String pem =
        CERTIFICATE
            .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.joining("\n"));
    try {
      var found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
      if (!found.isEmpty()) {
        return found;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " has no certificates that can be read: " + e.getMessage(), e);
    }
    throw new IOException(file + " has no certificate: give it one in PEM");
  }

  private PrivateKey privateKey(String algorithm) throws IOException {
    String pem = Files.readString(key, StandardCharsets.US_ASCII);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw new IOException(
          key
              + " is no private key in PKCS 8 without a password: 'openssl pkcs8 -topk8 -nocrypt'"
              + " makes one of it");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          key + " does not belong to the certificate, which is of kind " + algorithm, e);
    }
  }
}
