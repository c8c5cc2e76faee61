package org.understudy.vm.device;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the pages in a device state. Only the header and the memory section are read: the devices
 * after them have no length and stay opaque.
 */
final class StateParser {
  /** Takes the pages with content, in the order of the stream. */
  @FunctionalInterface
  interface Pages {
    /** A page: its block, its offset there, and where its content begins in the state. */
    void onPage(int block, long offset, int position);
  }

  static final int PAGE_BYTES = 4096;

  /** Of blocks and of capabilities: QEMU has one block per ROM and device with memory. */
  static final int MAX_ENTRIES = 1024;

  private static final int MAX_NAME_BYTES = 255;
  private static final int MAGIC = 0x5145564D;
  private static final int VERSION = 3;
  private static final int SECTION_START = 1;
  private static final int SECTION_PART = 2;
  private static final int SECTION_END = 3;
  private static final int SUBSECTION = 5;
  private static final int CONFIGURATION = 7;
  private static final int COMMAND = 8;

  /** Machine types of QEMU 10.0 and newer have it, before the end of the memory section. */
  private static final int SWITCHOVER_START = 11;

  private static final int FOOTER = 0x7E;
  private static final int RAM_VERSION = 4;
  private static final int FLAGS = 0xFFF;
  private static final int ZERO = 0x02;
  private static final int MEM_SIZE = 0x04;
  private static final int PAGE = 0x08;
  private static final int EOS = 0x10;
  private static final int CONTINUE = 0x20;

  private final StateReader in;
  private final Pages pages;
  private final List<String> capabilities = new ArrayList<>();
  private final List<RamBlock> blocks = new ArrayList<>();
  private final BitSet carried = new BitSet();
  private int block = -1;

  private StateParser(ByteBuffer state, Pages pages) {
    in = new StateReader(state);
    this.pages = pages;
  }

  static StateLayout parse(ByteBuffer state, Pages pages) {
    return new StateParser(state, pages).layout();
  }

  private StateLayout layout() {
    in.expect(MAGIC, in.number("magic"), "magic");
    in.expect(VERSION, in.number("version"), "version");
    String machine = configuration();
    in.expect(SECTION_START, sectionType(), "type of the first section");
    int id = in.number("section id");
    String name = in.shortText("section name");
    if (!name.equals("ram")) {
      throw in.bad("the first section is '" + name + "', not 'ram'");
    }
    in.number("section instance");
    in.expect(RAM_VERSION, in.number("section version"), "version of the memory section");
    payload(id);
    int type = SECTION_PART;
    while (type != SECTION_END) {
      type = sectionType();
      if (type != SECTION_PART && type != SECTION_END) {
        throw in.bad("a section of type " + type + " within the memory section");
      }
      in.expect(id, in.number("section id"), "id of the memory section");
      payload(id);
    }
    return new StateLayout(machine, capabilities, blocks, carried(), in.position());
  }

  /** Of the next section; a command that means nothing to a reader of the state is passed over. */
  private int sectionType() {
    int type = in.unsignedByte("section type");
    while (type == COMMAND) {
      int command = in.shortNumber("command");
      int length = in.shortNumber("length of the command");
      if (command != SWITCHOVER_START || length != 0) {
        throw in.bad("unknown command " + command + " of " + length + " bytes");
      }
      type = in.unsignedByte("section type");
    }
    return type;
  }

  private Set<String> carried() {
    return carried.stream().mapToObj(i -> blocks.get(i).name()).collect(Collectors.toSet());
  }

  private String configuration() {
    in.expect(CONFIGURATION, in.unsignedByte("section type"), "type of the configuration");
    int length = in.number("length of the machine type");
    if (length < 0 || length > MAX_NAME_BYTES) {
      throw in.bad("a machine type of " + length + " bytes");
    }
    String machine = in.text(length, "machine type");
    while (in.peek("section type") == SUBSECTION) {
      in.unsignedByte("section type");
      String name = in.shortText("subsection name");
      if (!name.equals("configuration/capabilities")) {
        throw in.bad("unknown subsection '" + name + "'");
      }
      in.expect(1, in.number("subsection version"), "version of the capabilities");
      int count = in.number("count of capabilities");
      if (count < 0 || count > MAX_ENTRIES) {
        throw in.bad(count + " capabilities");
      }
      for (int i = 0; i < count; i++) {
        capabilities.add(in.shortText("capability"));
      }
    }
    return machine;
  }

  private void payload(int id) {
    while (true) {
      long record = in.longNumber("memory record");
      int flags = (int) (record & FLAGS);
      long offset = record & ~(long) FLAGS;
      switch (flags & ~CONTINUE) {
        case MEM_SIZE -> list(offset);
        case PAGE -> page(offset, flags);
        case ZERO -> {
          find(offset, flags);
          in.expect(0, in.unsignedByte("fill byte"), "fill byte");
        }
        case EOS -> {
          in.expect(FOOTER, in.unsignedByte("footer"), "footer of the memory section");
          in.expect(id, in.number("footer id"), "id in the footer of the memory section");
          return;
        }
        default -> throw in.bad("memory record with flags 0x" + Integer.toHexString(flags));
      }
    }
  }

  private void list(long totalBytes) {
    if (!blocks.isEmpty()) {
      throw in.bad("a second list of blocks");
    }
    boolean addresses = capabilities.contains("x-ignore-shared");
    long left = totalBytes;
    while (left > 0) {
      String name = in.shortText("block name");
      long bytes = in.longNumber("block size");
      long address = addresses ? in.longNumber("block address") : 0;
      if (bytes <= 0 || bytes > left || blocks.size() == MAX_ENTRIES) {
        throw in.bad(
            "block '" + name + "' of " + bytes + " bytes, " + left + " are left of the list");
      }
      blocks.add(new RamBlock(name, bytes, address));
      left -= bytes;
    }
  }

  private void page(long offset, int flags) {
    find(offset, flags);
    int position = in.position();
    in.skip(PAGE_BYTES, "page");
    pages.onPage(block, offset, position);
  }

  private void find(long offset, int flags) {
    if ((flags & CONTINUE) == 0) {
      block = index(in.shortText("block name"));
      carried.set(block);
    }
    if (block < 0) {
      throw in.bad("a page of no block");
    }
    RamBlock found = blocks.get(block);
    if (offset < 0 || offset >= found.bytes()) {
      throw in.bad("page at " + offset + " of block '" + found.name() + "'");
    }
  }

  private int index(String name) {
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).name().equals(name)) {
        return i;
      }
    }
    throw in.bad("unknown block '" + name + "'");
  }
}
