package org.understudy.vm.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A whole device state whose part with memory stays as it is, so that the devices alone need to be
 * taken anew. That part has what a guest cannot write: ROMs, and the tables that the firmware asks
 * for once after each reset.
 */
final class StateTemplate {
  /** The devices' own state begins with magic and version, which the whole state has as well. */
  static final int HEADER_BYTES = 8;

  /** Of blocks that QEMU builds anew when the firmware first asks for them after a reset. */
  private static final String TABLES = "/rom@etc/";

  /** The section whose one byte says whether those blocks were built. */
  private static final byte[] TABLES_SECTION =
      "\nacpi_build\0\0\0\0\0\0\0\1".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] RUN_STATE_SECTION =
      "\13globalstate".getBytes(StandardCharsets.ISO_8859_1);

  private static final List<String> ROMS = List.of("pc.bios", "pc.rom");
  private static final int FULL_SECTION = 4;
  private static final int FOOTER = 0x7E;
  private static final int BEFORE_NAME_BYTES = 5;

  private final int memoryBytes;
  private final boolean hasTables;
  private ByteBuffer state;
  private int tablesFromEnd;

  private StateTemplate(ByteBuffer full, StateLayout layout) {
    memoryBytes = layout.ramBytes();
    hasTables = layout.carried().stream().anyMatch(name -> name.startsWith(TABLES));
    state = ByteBuffer.allocateDirect(full.remaining() + full.remaining() / 2);
    state.put(0, full, full.position(), memoryBytes);
  }

  /**
   * Of a whole state, and of what the same guest's devices alone are at that instant.
   *
   * @throws NoTemplateException where whole states cannot be made of the devices alone
   */
  static StateTemplate of(ByteBuffer full, StateFile devices) throws IOException {
    StateLayout layout = StateParser.parse(full, (block, offset, position) -> {});
    for (String block : layout.carried()) {
      if (!isConstant(block)) {
        throw new NoTemplateException("the guest may write memory of its device: " + block);
      }
    }
    StateTemplate template = new StateTemplate(full, layout);
    ByteBuffer made = template.fill(devices);
    if (!isSame(made, full.slice())) {
      throw new NoTemplateException("QEMU writes another state of its devices then");
    }
    if (template.hasTables && !template.findTables(made)) {
      throw new NoTemplateException("the state does not say whether the firmware has its tables");
    }
    return template;
  }

  /** But for the last section: the one says that the guest is paused, the other that it runs. */
  private static boolean isSame(ByteBuffer made, ByteBuffer full) {
    int difference = made.mismatch(full);
    return difference < 0
        || made.limit() == full.limit() && difference > lastIndexOf(RUN_STATE_SECTION, made);
  }

  private static int lastIndexOf(byte[] bytes, ByteBuffer made) {
    ByteBuffer wanted = ByteBuffer.wrap(bytes);
    int position = made.limit() - bytes.length;
    while (!made.slice(position, bytes.length).equals(wanted)) {
      if (--position < 0) {
        return made.limit();
      }
    }
    return position;
  }

  /** Not the guest's to write. */
  private static boolean isConstant(String block) {
    return ROMS.contains(block) || block.startsWith(TABLES) || block.endsWith(".rom");
  }

  /** The whole state of this instant; valid until the next one. */
  ByteBuffer fill(StateFile devices) throws IOException {
    long bytes = memoryBytes + devices.sizeBytes() - HEADER_BYTES;
    if (bytes <= memoryBytes || bytes > StateSocket.MAX_STATE_BYTES) {
      throw new IOException("device state of " + devices.sizeBytes() + " bytes");
    }
    if (bytes > state.capacity()) {
      ByteBuffer larger = ByteBuffer.allocateDirect((int) bytes * 2);
      state = larger.put(0, state, 0, memoryBytes);
    }
    state.limit((int) bytes).position(memoryBytes);
    devices.read(state, HEADER_BYTES);
    return state.flip().asReadOnlyBuffer();
  }

  /**
   * Whether the part with memory is the one of this state too: the firmware has had its tables when
   * the template was made and since.
   */
  boolean isSettled(ByteBuffer made) {
    int position = made.limit() - tablesFromEnd;
    return !hasTables
        || position >= memoryBytes + BEFORE_NAME_BYTES
            && isTables(made, position)
            && made.get(position + TABLES_SECTION.length) == 1;
  }

  private boolean findTables(ByteBuffer made) {
    int last = made.limit() - TABLES_SECTION.length - 1 - BEFORE_NAME_BYTES;
    for (int position = last; position >= memoryBytes + BEFORE_NAME_BYTES; position--) {
      if (isTables(made, position)) {
        tablesFromEnd = made.limit() - position;
        return true;
      }
    }
    return false;
  }

  /** Whether a section of that name, instance and version is there: as long as it must be. */
  private static boolean isTables(ByteBuffer made, int position) {
    int end = position + TABLES_SECTION.length + 1;
    return end < made.limit()
        && made.get(position - BEFORE_NAME_BYTES) == FULL_SECTION
        && made.get(end) == FOOTER
        && made.slice(position, TABLES_SECTION.length).equals(ByteBuffer.wrap(TABLES_SECTION));
  }
}
