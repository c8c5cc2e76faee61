/** What a node tells about itself: the status file that operators and the demo read. */
package org.understudy.node.status;
