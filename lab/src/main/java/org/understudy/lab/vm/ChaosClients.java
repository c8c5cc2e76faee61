package org.understudy.lab.vm;

import java.io.IOException;
import java.util.List;

/** The clients of a guest that chaos is done to, and their judge. */
interface ChaosClients extends AutoCloseable {
  /** Waits until the guest answers, connects, and begins with the load. */
  void start() throws IOException, InterruptedException;

  /** Waits; throws if the load fails, or if the program is to end. */
  void pause(long ms) throws InterruptedException;

  /** Whether the long-lived connection has the reply to a request sent after this instant. */
  boolean isAnsweredSince(long instantNs);

  /** What is wrong already, in one line each; empty if nothing is. */
  List<String> findings();

  /** Longest time between two replies of the long-lived connection since then. */
  long longestGapNs(long sinceNs);

  /**
   * Ends the load, then the pair in order, and judges every reply and both disks.
   *
   * @return what is wrong
   */
  List<String> finish() throws IOException, InterruptedException;

  /** What the clients did, in one line. */
  String summary();

  @Override
  void close() throws IOException;
}
