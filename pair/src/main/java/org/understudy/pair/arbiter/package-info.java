/** The arbiter that keeps the register, and the thread that asks it. */
package org.understudy.pair.arbiter;
