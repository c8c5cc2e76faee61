/** Proof that image and primary are equal at one epoch. */
package org.understudy.checkpoint.verify;
