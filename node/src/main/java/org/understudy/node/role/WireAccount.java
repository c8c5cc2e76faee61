package org.understudy.node.role;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.understudy.checkpoint.codec.encode.EncodeStats;
import org.understudy.checkpoint.codec.format.PageClass;
import org.understudy.primary.agent.PrimaryAgent;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.link.Link;

/**
 * Bytes from primary to backup since the initial copy, by class. What the network saw in all is
 * exact; pages by class and sections are as encoded; the rest (message, frame, UDP and IP headers,
 * heartbeats, handshakes, flow control, what was sent again) is {@code transport}.
 */
final class WireAccount {
  private static final PageClass[] PAGES = PageClass.values();
  private static final SectionKind[] SECTIONS = {
    SectionKind.DEVICE_STATE, SectionKind.OUTPUT, SectionKind.DISK_WRITES, SectionKind.FRAMES
  };
  private static final String TRANSPORT = "transport";
  private static final String[] SECTION_NAMES = {"deviceState", "output", "diskWrites", "frames"};

  private final PrimaryAgent agent;
  private final Link link;
  private final long[] base = new long[PAGES.length + SECTIONS.length];
  private long startBytes;
  private long baseBytes = -1;
  private long baseBlocks;

  WireAccount(PrimaryAgent agent, Link link) {
    this.agent = agent;
    this.link = link;
    this.startBytes = link.traffic().wireBytesSent();
  }

  /** The initial copy is sent: everything from here on counts as epochs 1 and later. */
  synchronized void initialCopyDone() {
    for (int i = 0; i < base.length; i++) {
      base[i] = raw(i);
    }
    baseBytes = link.traffic().wireBytesSent();
    baseBlocks = agent.encodeStats().changedBlocks();
  }

  /** A new copy starts: nothing of it counts until it is sent, and nothing of one given up. */
  synchronized void initialCopyStarts() {
    baseBytes = -1;
    startBytes = link.traffic().wireBytesSent();
  }

  private long raw(int index) {
    EncodeStats stats = agent.encodeStats();
    return index < PAGES.length
        ? stats.bytes(PAGES[index])
        : agent.sectionBytes(SECTIONS[index - PAGES.length]);
  }

  private static String name(int index) {
    return index < PAGES.length ? PAGES[index].key() : SECTION_NAMES[index - PAGES.length];
  }

  /** Names of all classes that {@link #byClass} can have. */
  static List<String> classes() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < PAGES.length + SECTIONS.length; i++) {
      names.add(name(i));
    }
    names.add(TRANSPORT);
    return names;
  }

  synchronized long initialCopyBytes() {
    return (baseBytes < 0 ? link.traffic().wireBytesSent() : baseBytes) - startBytes;
  }

  synchronized long changedBlocks() {
    return baseBytes < 0 ? 0 : agent.encodeStats().changedBlocks() - baseBlocks;
  }

  /** Bytes by class; their sum is what the network saw. */
  synchronized Map<String, Long> byClass() {
    Map<String, Long> classes = new LinkedHashMap<>();
    if (baseBytes < 0) {
      return classes;
    }
    long rest = link.traffic().wireBytesSent() - baseBytes;
    for (int i = 0; i < base.length; i++) {
      // Encoded but not yet sent bytes are not on the wire: never more than what is.
      long bytes = Math.min(raw(i) - base[i], rest);
      rest -= bytes;
      if (bytes > 0) {
        classes.put(name(i), bytes);
      }
    }
    classes.put(TRANSPORT, rest);
    return classes;
  }
}
