/** Compression of a checkpoint's other sections. */
package org.understudy.checkpoint.codec.section;
