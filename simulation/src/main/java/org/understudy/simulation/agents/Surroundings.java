package org.understudy.simulation.agents;

import java.lang.foreign.MemorySegment;
import org.understudy.protocol.wire.SendStatus;

/** What surrounds the agents of one process: time, chance, the wire, clients, and an oracle. */
public interface Surroundings {
  /** Between any two calls: the process may die here, stand still, or change threads. */
  void step();

  /** The same between two calls of the guest's thread: a whole cycle of the agent may come. */
  void between();

  /** The host's clock. */
  long nowNs();

  /** One of many draws of the seed. */
  boolean chance(double probability);

  // ---- the wire

  /** Takes one encoded message; the bytes are the receiver's from now on. */
  SendStatus send(int template, byte[] message);

  /** Whether what arrives is left unread: this node's commit is stuck. */
  boolean ignores(int template);

  /** Whether a receiver is there, as the sender knows it. */
  boolean isConnected();

  /** Everything sent has arrived or is lost. */
  boolean isFlushed();

  /** The outgoing stream ends, another one begins. */
  void renewStream();

  // ---- clients

  /** The front takes clients, or takes no more. */
  void accepting(boolean on);

  /** An answer leaves for a client: the entry of the guest's history that made it. */
  void answered(long client, long entry);

  /** A client's connection is closed. */
  void closeClient(long client);

  // ---- the guest

  /** The guest consumed an input: the number of the new entry of its history. */
  long consumed(long before, long client, long request);

  /** The random choice that the guest made at this entry. */
  long choiceAt(long entry);

  /** Memory and disk are captured at this entry; returns a number for what was captured. */
  long captured(MemorySegment memory, long[] disk, long entry, boolean isLast);

  /** Its thread has something to do. */
  void wakeGuest();

  /** Its thread may look again in so many nanoseconds. */
  void guestSleeps(long atMostNs);

  /** The guest was stopped, or the image dropped, by this process itself. */
  void gaveUp(String how);

  /** An invariant does not hold. */
  void violation(String what);

  // ---- the standby

  /** The first commit of a copy. */
  void whole();

  /** Whether a committed epoch's disk writes find no room. */
  boolean isDiskFull();

  /** An epoch is committed: the capture that it was made of, and what the disk is now. */
  void committed(long capture, long[] disk);

  /** The image is at this capture. */
  void applied(long capture);
}
