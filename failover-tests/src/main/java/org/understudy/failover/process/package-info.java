/** Real processes, killed for real, with a checker that looks at every reply. */
package org.understudy.failover.process;
