package org.understudy.simulation;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.understudy.backup.agent.ImageMemory;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.checkpoint.memory.MappedGuestMemory;
import org.understudy.simulation.agents.AgentGuest;

/** The memory of a node's images, and what its host kept of processes before. */
final class AgentMemory implements ImageMemory {
  private final AgentNode node;
  private GuestMemory image;

  AgentMemory(AgentNode node) {
    this.node = node;
  }

  @Override
  public GuestMemory zeroed(long registerId) {
    node.step();
    if (node.process.lacks(Resource.MEMORY)) {
      throw new IllegalStateException("no memory for an image");
    }
    image = newMemory();
    return image;
  }

  /** Zeroed memory, of which nothing else is known here. */
  GuestMemory newMemory() {
    return MappedGuestMemory.anonymousSmallPages(node.world.shape.layout());
  }

  @Override
  public GuestMemory base() {
    long[] words = node.process.leftMemory.words();
    if (words == null) {
      return null;
    }
    GuestMemory base = newMemory();
    MemorySegment.copy(words, 0, base.segment(), ValueLayout.JAVA_LONG, 0, words.length);
    return base;
  }

  @Override
  public void reused(GuestMemory memory) {
    node.step();
    image = memory;
  }

  MemorySegment image() {
    return image.segment();
  }

  /** What a process leaves that ends now; null if it has neither guest nor image. */
  long[] words() {
    AgentGuest guest = node.thread.guest();
    GuestMemory last = guest == null ? image : guest.memory();
    return last == null || !last.segment().scope().isAlive()
        ? null
        : last.segment().toArray(ValueLayout.JAVA_LONG);
  }
}
