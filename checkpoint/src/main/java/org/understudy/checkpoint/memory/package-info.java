/** Guest memory: regions mapped back to back into one address range, and the Linux calls for it. */
package org.understudy.checkpoint.memory;
