/** Encoded messages between the encoder and the link. */
package org.understudy.primary.ship;
