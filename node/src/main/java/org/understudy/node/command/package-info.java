/** The commands of a node: start it, check its configuration, order a switchover. */
package org.understudy.node.command;
