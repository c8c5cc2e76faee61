package org.understudy.node.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.understudy.pair.ownership.NodeId;

/**
 * A secret that two nodes share, and nobody else.
 *
 * @param first name of one node
 * @param second name of the other one
 * @param secret {@link #SECRET_BYTES} random bytes, copied on the way in and out
 */
public record PairKey(String first, String second, byte[] secret) {
  /** Length of a secret. */
  public static final int SECRET_BYTES = 32;

  private static final String HMAC = "HmacSHA256";
  private static final byte[] ID_LABEL = "understudy key id".getBytes(StandardCharsets.US_ASCII);
  private static final int ID_BYTES = 4;

  /** Refuses names that no node can have, and one node twice: it would talk to itself. */
  public PairKey {
    // The rule for names stands there alone.
    first = new NodeId(first, 0).name();
    second = new NodeId(second, 0).name();
    if (first.equals(second)) {
      throw new IllegalArgumentException(
          "a key is for two nodes, and both names are '" + first + "'");
    }
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "a key has " + SECRET_BYTES + " bytes, not " + secret.length);
    }
    secret = secret.clone();
  }

  /** A new key, unlike any other. */
  public static PairKey random(String first, String second) {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return new PairKey(first, second, secret);
  }

  /** A copy of the secret. */
  @Override
  public byte[] secret() {
    return secret.clone();
  }

  /** Tells keys apart in messages, and nothing of the secret: 8 hexadecimal digits. */
  public String id() {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
      return HexFormat.of().formatHex(mac.doFinal(ID_LABEL), 0, ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC + ": " + e.getMessage(), e);
    }
  }

  /** Whether a node is one of the two. */
  public boolean isFor(String node) {
    return first.equals(node) || second.equals(node);
  }

  /** Name of the other node. */
  public String peerOf(String node) {
    if (!isFor(node)) {
      throw new IllegalArgumentException(this + " is not for node '" + node + "'");
    }
    return first.equals(node) ? second : first;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PairKey key
        && first.equals(key.first)
        && second.equals(key.second)
        && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return Objects.hash(first, second);
  }

  /** Without the secret: it ends up in logs. */
  @Override
  public String toString() {
    return "key " + id() + " of the nodes " + first + " and " + second;
  }
}
