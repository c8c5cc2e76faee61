package org.understudy.vm.disk;

/**
 * How far the initial copy of a guest's disks is.
 *
 * @param doneBytes bytes of the disks that are behind it, holes included
 * @param sizeBytes bytes of the disks
 * @param copiedBytes data that was copied
 * @param equalBytes data that the backup held already
 */
public record DiskProgress(long doneBytes, long sizeBytes, long copiedBytes, long equalBytes) {}
