package org.understudy.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

class SchemaTest {
  private static final Set<String> DESCRIBED =
      Set.of(
          "sbe:messageSchema",
          "sbe:message",
          "field",
          "group",
          "data",
          "composite",
          "type",
          "enum",
          "set",
          "validValue",
          "choice");

  private final Element schema = read();

  private static Element read() {
    try (InputStream xml = SchemaTest.class.getResourceAsStream("/replication.xml")) {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(xml)
          .getDocumentElement();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Element> descendants(Element root, Set<String> names) {
    List<Element> found = new ArrayList<>();
    NodeList all = root.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (names.contains(element.getTagName())) {
        found.add(element);
      }
    }
    return found;
  }

  private Map<Integer, String> messages() {
    Map<Integer, String> ids = new TreeMap<>();
    for (Element message : descendants(schema, Set.of("sbe:message"))) {
      int id = Integer.parseInt(message.getAttribute("id"));
      assertThat(ids.put(id, message.getAttribute("name"))).as("message id " + id).isNull();
    }
    return ids;
  }

  @Test
  void shouldDescribeEveryMessageFieldTypeAndValue() {
    assertThat(schema.getAttribute("description")).isNotBlank();
    for (Element element : descendants(schema, DESCRIBED)) {
      assertThat(element.getAttribute("description"))
          .as(element.getTagName() + " " + element.getAttribute("name"))
          .isNotBlank();
    }
  }

  @Test
  void shouldUseEveryIdOnce() {
    assertThat(messages()).isNotEmpty();
    for (Element message : descendants(schema, Set.of("sbe:message"))) {
      Set<String> ids = new HashSet<>();
      for (Element field : descendants(message, Set.of("field", "group", "data"))) {
        assertThat(ids.add(field.getAttribute("id")))
            .as(message.getAttribute("name") + "." + field.getAttribute("name"))
            .isTrue();
      }
    }
    for (Element type : descendants(schema, Set.of("enum", "set"))) {
      Set<String> codes = new HashSet<>();
      for (Element value : descendants(type, Set.of("validValue", "choice"))) {
        assertThat(codes.add(value.getTextContent().trim()))
            .as(type.getAttribute("name") + "." + value.getAttribute("name"))
            .isTrue();
      }
    }
  }

  @Test
  void shouldStartEveryBoundMessageWithGenerationAndLinkSession() {
    for (Element message : descendants(schema, Set.of("sbe:message"))) {
      if (Integer.parseInt(message.getAttribute("id")) >= SessionStamp.FIRST_BOUND_TEMPLATE) {
        List<Element> fields = descendants(message, Set.of("field"));
        assertThat(fields.get(0).getAttribute("name")).isEqualTo("generation");
        assertThat(fields.get(1).getAttribute("name")).isEqualTo("linkSession");
      }
    }
  }

  @Test
  void shouldKnowTheShapeOfEveryMessage() {
    Map<Integer, String> shapes = new TreeMap<>();
    MessageShape.all().forEach(shape -> shapes.put(shape.templateId(), shape.name()));
    assertThat(shapes).isEqualTo(messages());
    int highest = messages().keySet().stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertThat(MessageTypes.COUNT).isEqualTo(highest + 1);
  }

  @Test
  void shouldEnforceTheLimitsThatTheSchemaNames() {
    assertThat(maxOf("varData")).isEqualTo(WireLimits.MAX_DATA_BYTES);
    assertThat(maxOf("varText")).isEqualTo(WireLimits.MAX_TEXT_BYTES);
    assertThat(maxOf("varDigest")).isEqualTo(WireLimits.MAX_DIGEST_BYTES);
    assertThat(maxOf("groupSizeEncoding")).isEqualTo(WireLimits.MAX_REGIONS);
    assertThat(schema.getAttribute("version")).isEqualTo(String.valueOf(WireLimits.VERSION));
  }

  private int maxOf(String composite) {
    for (Element element : descendants(schema, Set.of("composite"))) {
      if (element.getAttribute("name").equals(composite)) {
        for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
          if (n instanceof Element type && !type.getAttribute("maxValue").isEmpty()) {
            return Integer.parseInt(type.getAttribute("maxValue"));
          }
        }
      }
    }
    throw new AssertionError("no limit in " + composite);
  }

  @Test
  void shouldListEveryMessageInTheDocumentation() throws Exception {
    Path page = Path.of("..", "docs", "protocol.md");
    Map<Integer, String> listed = new TreeMap<>();
    Matcher row = Pattern.compile("(?m)^\\| (\\d+) \\| (\\w+) \\|").matcher(Files.readString(page));
    while (row.find()) {
      listed.put(Integer.parseInt(row.group(1)), row.group(2));
    }
    assertThat(listed).isEqualTo(messages());
  }
}
