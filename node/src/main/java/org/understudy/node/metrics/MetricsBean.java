package org.understudy.node.metrics;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * All metrics of a node as the attributes of one JMX bean, {@code
 * org.understudy:type=Metrics,node=NAME}, to be read with any JMX client.
 */
public final class MetricsBean implements DynamicMBean, AutoCloseable {
  private static final String READ_ONLY = "metrics can only be read";

  private final MetricRegistry registry;
  private final ObjectName name;

  private MetricsBean(MetricRegistry registry, ObjectName name) {
    this.registry = registry;
    this.name = name;
  }

  /**
   * Registers the bean.
   *
   * @throws JMException if the name is taken
   */
  public static MetricsBean export(MetricRegistry registry, String node) throws JMException {
    MetricsBean bean = new MetricsBean(registry, name(node));
    server().registerMBean(bean, bean.name);
    return bean;
  }

  /** The bean's name for a node. */
  public static ObjectName name(String node) throws JMException {
    return new ObjectName("org.understudy:type=Metrics,node=" + ObjectName.quote(node));
  }

  private static MBeanServer server() {
    return ManagementFactory.getPlatformMBeanServer();
  }

  @Override
  public Object getAttribute(String attribute) throws AttributeNotFoundException {
    Gauge<?> gauge = registry.getGauges().get(attribute);
    if (gauge == null) {
      throw new AttributeNotFoundException("no metric is called " + attribute);
    }
    return gauge.getValue();
  }

  @Override
  public AttributeList getAttributes(String[] attributes) {
    Map<String, ?> gauges = registry.getGauges();
    AttributeList list = new AttributeList();
    for (String attribute : attributes) {
      if (gauges.get(attribute) instanceof Gauge<?> gauge) {
        list.add(new Attribute(attribute, gauge.getValue()));
      }
    }
    return list;
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    MBeanAttributeInfo[] attributes =
        registry.getGauges().entrySet().stream()
            .map(MetricsBean::describe)
            .toArray(MBeanAttributeInfo[]::new);
    return new MBeanInfo(
        MetricsBean.class.getName(), "metrics of a node", attributes, null, null, null);
  }

  @SuppressWarnings("rawtypes")
  private static MBeanAttributeInfo describe(Map.Entry<String, Gauge> entry) {
    String type = entry.getValue().getValue().getClass().getName();
    return new MBeanAttributeInfo(entry.getKey(), type, entry.getKey(), true, false, false);
  }

  @Override
  public void setAttribute(Attribute attribute) {
    throw new UnsupportedOperationException(READ_ONLY);
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    throw new UnsupportedOperationException(READ_ONLY);
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature) {
    throw new UnsupportedOperationException(READ_ONLY);
  }

  /** Takes the bean away. */
  @Override
  public void close() {
    try {
      server().unregisterMBean(name);
    } catch (JMException e) {
      throw new IllegalStateException("bean " + name + " cannot be removed", e);
    }
  }
}
