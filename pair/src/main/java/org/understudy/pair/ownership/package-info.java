/** Ownership: the register that decides which node owns the guest. */
package org.understudy.pair.ownership;
