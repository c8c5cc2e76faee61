/** Real clusters that keep registers, for tests to break. */
package org.understudy.failover.arbiter;
