/**
 * The hybrid codec: pages of one capture become self-contained, self-checked batches, and batches
 * become pages again. Format and rules: {@code docs/codec.md}.
 */
package org.understudy.checkpoint.codec;
