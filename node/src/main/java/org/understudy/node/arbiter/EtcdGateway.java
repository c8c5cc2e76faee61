package org.understudy.node.arbiter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * One key of an etcd cluster by the JSON gateway that each member has (etcd 3.4 and later): reads
 * are linearizable, writes compare the key's revision. A member that does not answer is left for
 * the next one; a write that may have been made is never repeated. One thread.
 *
 * <p>Of the gateway: keys and values are base64, numbers of 64 bits are texts, and what is 0 or
 * false is left out.
 */
final class EtcdGateway implements ClusterValue {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A register in base64, and what etcd tells beside it. */
  private static final int MAX_ANSWER_BYTES = 4 * RegisterText.MAX_BYTES;

  private static final int UNAUTHORIZED = 401;
  private static final int OK = 200;

  private final ArbiterCluster cluster;
  private final String key;
  private final List<String> members;

  private HttpClient client;
  private int preferred;
  private String token = "";
  private String clusterId = "";

  EtcdGateway(ArbiterCluster cluster, String key) {
    this.cluster = cluster;
    this.key = key;
    String scheme = cluster.tls() == null ? "http://" : "https://";
    members = cluster.endpoints().stream().map(member -> scheme + member).toList();
  }

  @Override
  public Versioned get() throws IOException {
    JsonNode answer = call("/v3/kv/range", JSON.createObjectNode().put("key", base64(key)), true);
    JsonNode first = answer.path("kvs").path(0);
    return first.isMissingNode()
        ? null
        : new Versioned(decoded(first.path("value")), first.path("mod_revision").asLong());
  }

  /** A key that is not there has revision 0. */
  @Override
  public boolean replace(Versioned read, byte[] bytes) throws IOException {
    return putAt(read == null ? 0 : read.version(), bytes);
  }

  /** A transaction whose condition never holds is checked for its permission all the same. */
  @Override
  public void rehearse() throws IOException {
    putAt(Long.MAX_VALUE, new byte[0]);
  }

  private boolean putAt(long revision, byte[] bytes) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.putArray("compare")
        .addObject()
        .put("key", base64(key))
        .put("target", "MOD")
        .put("result", "EQUAL")
        .put("mod_revision", Long.toString(revision));
    body.putArray("success")
        .addObject()
        .putObject("requestPut")
        .put("key", base64(key))
        .put("value", Base64.getEncoder().encodeToString(bytes));
    return call("/v3/kv/txn", body, false).path("succeeded").asBoolean(false);
  }

  private JsonNode call(String path, ObjectNode body, boolean mayRepeat) throws IOException {
    IOException last = null;
    for (int i = 0; i < members.size(); i++) {
      try {
        return ask(members.get(preferred), path, body);
      } catch (IOException e) {
        last = named(e);
        preferred = (preferred + 1) % members.size();
        if (!mayRepeat && !neverSent(e)) {
          throw last;
        }
      }
    }
    throw last;
  }

  /** Whether the member cannot have got the request. */
  private static boolean neverSent(IOException e) {
    return e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
  }

  private IOException named(IOException e) {
    String why =
        e instanceof HttpTimeoutException
            ? "no answer within " + cluster.timeout().toMillis() + " ms"
            : e instanceof ConnectException ? "nothing listens there" : e.getMessage();
    return new IOException("etcd at " + members.get(preferred) + ": " + why, e);
  }

  private JsonNode ask(String member, String path, ObjectNode body) throws IOException {
    if (token.isEmpty() && !cluster.user().isEmpty()) {
      token = authenticate(member);
    }
    HttpResponse<String> response = post(member, path, body, token);
    if (response.statusCode() == UNAUTHORIZED && !cluster.user().isEmpty()) {
      // Tokens run out, and members that were started anew know none. It was not carried out.
      token = authenticate(member);
      response = post(member, path, body, token);
    }
    return checked(response);
  }

  private String authenticate(String member) throws IOException {
    token = "";
    ObjectNode body =
        JSON.createObjectNode()
            .put("name", cluster.user())
            .put("password", PasswordFile.read(cluster.passwordFile()));
    return checked(post(member, "/v3/auth/authenticate", body, "")).path("token").asText();
  }

  private JsonNode checked(HttpResponse<String> response) throws IOException {
    JsonNode answer;
    try {
      answer = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new IOException("HTTP " + response.statusCode() + ", and no JSON: is this etcd?", e);
    }
    if (response.statusCode() != OK) {
      String why = answer.path("message").asText("HTTP " + response.statusCode());
      throw new IOException(
          why.endsWith("user name is empty")
              ? why + ": set arbiter.user, arbiter.passwordFile"
              : why);
    }
    requireSameCluster(answer.path("header").path("cluster_id").asText());
    return answer;
  }

  /** Two clusters would grant the same claim twice. */
  private void requireSameCluster(String id) throws IOException {
    if (id.isEmpty()) {
      throw new IOException("an answer without the id of a cluster: is this etcd?");
    }
    if (clusterId.isEmpty()) {
      clusterId = id;
    } else if (!clusterId.equals(id)) {
      throw new IOException(
          "it belongs to cluster "
              + id
              + ", and others of arbiter.endpoints to "
              + clusterId
              + ": name members of one cluster only");
    }
  }

  private HttpResponse<String> post(String member, String path, ObjectNode body, String auth)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(member + path))
            .timeout(cluster.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    if (!auth.isEmpty()) {
      request.header("Authorization", auth);
    }
    try {
      return client()
          .send(
              request.build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(), MAX_ANSWER_BYTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private HttpClient client() throws IOException {
    if (client == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(cluster.timeout());
      if (cluster.tls() != null) {
        builder.sslContext(cluster.tls().context());
      }
      client = builder.build();
    }
    return client;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] decoded(JsonNode text) throws IOException {
    try {
      return Base64.getDecoder().decode(text.asText());
    } catch (IllegalArgumentException e) {
      throw new IOException("a value that is not base64: is this etcd?", e);
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }

  @Override
  public String toString() {
    return "etcd " + String.join(",", members) + " " + key;
  }
}
