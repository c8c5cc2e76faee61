/** Encoding captures and shipping them: the primary's outgoing stream of checkpoints. */
package org.understudy.primary.ship;
