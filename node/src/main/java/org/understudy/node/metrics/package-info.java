/** Metrics of a node: one Dropwizard registry, fed from the node's status. */
package org.understudy.node.metrics;
