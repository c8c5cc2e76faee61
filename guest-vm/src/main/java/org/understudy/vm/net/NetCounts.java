package org.understudy.vm.net;

/**
 * What passed the filters since they were attached first.
 *
 * @param frames of output
 * @param bytes of output
 * @param droppedFrames of output beyond the bound, or of an interface that was lost
 * @param discardedFrames dropped because this node is no longer the owner
 * @param mirroredFrames of input
 * @param mirroredBytes of input
 */
public record NetCounts(
    long frames,
    long bytes,
    long droppedFrames,
    long discardedFrames,
    long mirroredFrames,
    long mirroredBytes) {}
