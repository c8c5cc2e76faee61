/**
 * Dirty tracking: which pages of guest memory were written in an epoch, and their content as of its
 * end while the guest runs on.
 */
package org.understudy.checkpoint.track;
