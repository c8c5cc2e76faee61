/**
 * What a guest is to the engine. {@code primary} and {@code backup} know guests only through these
 * interfaces; guests know nothing of the wire.
 */
package org.understudy.checkpoint.guest;
