/**
 * Frames of a protected QEMU guest: its output held until its epoch is committed, its input
 * mirrored and, after a takeover, given to it again.
 */
package org.understudy.vm.net;
