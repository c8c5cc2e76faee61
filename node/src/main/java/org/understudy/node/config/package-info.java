/** The configuration of one node: read from HOCON, validated once, then only records. */
package org.understudy.node.config;
