package org.understudy.service.front;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.understudy.checkpoint.memory.MemoryBound;

/**
 * Settings of a {@link TcpFront}.
 *
 * @param address where to listen; loopback unless the operator chose otherwise. Port 0 takes a free
 *     port at the first start and keeps it
 * @param maxSessions clients beyond this number are told {@code refusal} and closed
 * @param stopReadingBytes a client with more than this many unwritten reply bytes is not read until
 *     it has taken half of them
 * @param closeAtBytes a client with more than this many unwritten reply bytes is closed. More than
 *     the longest single reply
 * @param maxQueuedBytes memory for unwritten replies of all clients; beyond it the client that
 *     holds most of it without taking anything is closed
 * @param refusal what a client over the limit is told; empty for nothing
 */
public record FrontSettings(
    InetSocketAddress address,
    int maxSessions,
    long stopReadingBytes,
    long closeAtBytes,
    long maxQueuedBytes,
    String refusal) {

  /** As many clients as Redis serves by default. */
  public static final int DEFAULT_MAX_SESSIONS = 10_000;

  /** Replies of a few pipelined requests; more only makes a slow client's memory grow. */
  public static final long DEFAULT_STOP_READING_BYTES = 1 << 20;

  /** Twice the default limit of one value. */
  public static final long DEFAULT_CLOSE_AT_BYTES = 128 << 20;

  /** Two slow clients at their own limit. */
  public static final long DEFAULT_MAX_QUEUED_BYTES = 256 << 20;

  /** Inputs that the node cannot take at once: one read of so many clients. */
  static final int MAX_PARKED_READS = 64;

  /** What a connected client takes beside its replies: objects here and in the selector. */
  private static final long SESSION_HEAP_BYTES = 2048;

  /** Refuses limits that contradict each other. */
  public FrontSettings {
    if (maxSessions < 1) {
      throw new IllegalArgumentException("maxSessions is " + maxSessions + ", must be 1 or more");
    }
    if (stopReadingBytes < 1 || closeAtBytes < stopReadingBytes || maxQueuedBytes < closeAtBytes) {
      throw new IllegalArgumentException(
          "1 <= stopReadingBytes <= closeAtBytes <= maxQueuedBytes does not hold: "
              + stopReadingBytes
              + ", "
              + closeAtBytes
              + ", "
              + maxQueuedBytes);
    }
  }

  /** Defaults for an address. */
  public static FrontSettings of(InetSocketAddress address) {
    return new FrontSettings(
        address,
        DEFAULT_MAX_SESSIONS,
        DEFAULT_STOP_READING_BYTES,
        DEFAULT_CLOSE_AT_BYTES,
        DEFAULT_MAX_QUEUED_BYTES,
        "-ERR max number of clients reached\r\n");
  }

  /** Defaults for a service whose longest reply to one request has so many bytes. */
  public static FrontSettings of(InetSocketAddress address, long longestReplyBytes) {
    long closeAt = Math.max(DEFAULT_CLOSE_AT_BYTES, 2 * longestReplyBytes);
    long all = Math.max(DEFAULT_MAX_QUEUED_BYTES, 2 * closeAt);
    return of(address).withQueueLimits(DEFAULT_STOP_READING_BYTES, closeAt, all);
  }

  /** Most memory that a front with these settings takes off the heap. */
  public MemoryBound ceilingBytes() {
    return MemoryBound.ofNative(
        "replies that clients do not take",
        "",
        (long) largeChunks() * Chunks.LARGE_BYTES
            + (long) maxSessions * Chunks.SMALL_BYTES
            + (MAX_PARKED_READS + 1L) * Chunks.LARGE_BYTES);
  }

  /** Most heap that connected clients take. */
  public MemoryBound heapCeilingBytes() {
    return MemoryBound.ofHeap("connected clients", "", maxSessions * SESSION_HEAP_BYTES);
  }

  /** The first and the last chunk of a queue may be used in part. */
  int largeChunks() {
    return Math.toIntExact((maxQueuedBytes + Chunks.LARGE_BYTES - 1) / Chunks.LARGE_BYTES + 2);
  }

  /** These settings with another limit of connected clients. */
  public FrontSettings withMaxSessions(int newMaxSessions) {
    return new FrontSettings(
        address, newMaxSessions, stopReadingBytes, closeAtBytes, maxQueuedBytes, refusal);
  }

  /** These settings with other limits of unwritten reply bytes. */
  public FrontSettings withQueueLimits(long stopReading, long closeAt, long maxQueued) {
    return new FrontSettings(address, maxSessions, stopReading, closeAt, maxQueued, refusal);
  }

  byte[] refusalBytes() {
    return refusal.getBytes(StandardCharsets.UTF_8);
  }
}
