/**
 * What encoder and decoder agree on: bytes of a batch, classes of pages, settings, native memory.
 */
package org.understudy.checkpoint.codec.format;
