/** Guest memory: regions mapped back to back into one address range. */
package org.understudy.checkpoint.memory;
