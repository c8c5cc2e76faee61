/**
 * The guest's disks: served over NBD on the primary, written in whole epochs on the backup.
 *
 * <p>{@code nbd} speaks the protocol, {@code file} is the sparse file behind it, {@code record} the
 * layout of an epoch's disk writes, {@code primary} and {@code backup} the two ends, {@code label}
 * what a file is worth after a crash.
 */
package org.understudy.vm.disk;
