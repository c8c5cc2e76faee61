package org.understudy.lab.judge;

import java.net.InetSocketAddress;

/**
 * A connection of the load that broke.
 *
 * @param connection number of the client
 * @param atNs when the client noticed, in nanoseconds of the run
 * @param front where it was connected to
 * @param unanswered operations that were in flight on it
 * @param reason what the client saw
 */
public record Break(
    int connection, long atNs, InetSocketAddress front, int unanswered, String reason) {}
