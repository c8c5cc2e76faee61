/** From pages of a capture to batches: shadow, differences, sharing, compression. */
package org.understudy.checkpoint.codec.encode;
