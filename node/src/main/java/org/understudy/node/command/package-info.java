/** The commands of a node: start it, check its configuration, make its key, order a switchover. */
package org.understudy.node.command;
