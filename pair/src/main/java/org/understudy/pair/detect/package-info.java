/** Detecting that the peer is dead, without mistaking one's own pause for its silence. */
package org.understudy.pair.detect;
