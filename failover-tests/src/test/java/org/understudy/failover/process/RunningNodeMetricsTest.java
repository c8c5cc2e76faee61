package org.understudy.failover.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.tools.attach.VirtualMachine;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;
import org.understudy.lab.bench.serve.BenchPair;
import org.understudy.lab.pair.PairSettings;
import org.understudy.node.metrics.MetricNames;
import org.understudy.node.metrics.MetricsBean;
import org.understudy.node.status.NodeState;

class RunningNodeMetricsTest {
  private static final PairSettings SETTINGS = new PairSettings("understudy", 16L << 20, List.of());

  @Test
  void shouldExportExactlyTheDocumentedNamesWhenANodeRuns() throws Exception {
    try (BenchPair pair = BenchPair.startAlone("metrics", SETTINGS);
        JMXConnector connector = connect(pair.primary().pid())) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      Map<String, Object> values = values(server);
      for (Field field : MetricNames.class.getFields()) {
        String name = (String) field.get(null);
        assertThat(values.keySet()).anyMatch(key -> isOf(name, key));
      }
      List<String> constants =
          Arrays.stream(MetricNames.class.getFields()).map(RunningNodeMetricsTest::text).toList();
      assertThat(values.keySet())
          .allMatch(key -> constants.stream().anyMatch(name -> isOf(name, key)));
      assertThat(values.get(MetricNames.STATE)).isEqualTo((long) NodeState.SOLO.ordinal());
      assertThat((long) values.get(MetricNames.GUEST_BYTES)).isEqualTo(16L << 20);
    }
  }

  /** The name itself, a part of a distribution, or a class. */
  private static boolean isOf(String name, String key) {
    boolean distribution =
        name.endsWith(".us") && key.matches("\\Q" + name + "\\E\\.(count|p50|p99|max)");
    boolean oneClass = name.endsWith(".") && key.startsWith(name);
    return key.equals(name) || distribution || oneClass;
  }

  private static String text(Field field) {
    try {
      return (String) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JMXConnector connect(long pid) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
    try {
      return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
    } finally {
      machine.detach();
    }
  }

  private static Map<String, Object> values(MBeanServerConnection server) throws Exception {
    var name = MetricsBean.name("a");
    String[] attributes =
        Arrays.stream(server.getMBeanInfo(name).getAttributes())
            .map(MBeanAttributeInfo::getName)
            .toArray(String[]::new);
    return server.getAttributes(name, attributes).asList().stream()
        .collect(Collectors.toMap(a -> a.getName(), a -> a.getValue()));
  }
}
