/** The roles of a node wired together: agents, guest, front and arbiter. */
package org.understudy.node.role;
