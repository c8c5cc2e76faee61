package org.understudy.checkpoint.track;

/**
 * Counters of a tracker, all since its creation.
 *
 * @param captures flips
 * @param capturedPages pages in all captures
 * @param copiedPages pages that were copied for a capture, by a writer or in the pause
 * @param heldBack times that the guest waited for the encoder
 * @param heldBackNs time that the guest waited for the encoder
 */
public record TrackerCounts(
    long captures, long capturedPages, long copiedPages, long heldBack, long heldBackNs) {}
