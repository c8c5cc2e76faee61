/** What an operator tells a running node, over a socket in its directory. */
package org.understudy.node.control;
