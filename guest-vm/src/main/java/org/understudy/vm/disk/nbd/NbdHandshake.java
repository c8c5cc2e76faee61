package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Fixed newstyle negotiation of one connection, up to the export that it will use. */
final class NbdHandshake {
  private static final int CLIENT_FLAGS = Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES;

  private final NbdChannel channel;
  private final List<ExportSlot> exports;
  private final NbdSettings settings;
  private boolean noZeroes;
  private ExportSlot chosen;

  NbdHandshake(NbdChannel channel, List<ExportSlot> exports, NbdSettings settings) {
    this.channel = channel;
    this.exports = exports;
    this.settings = settings;
  }

  /** The export that the client chose, taken for this connection; null when it only asked. */
  ExportSlot negotiate() throws IOException {
    greet();
    boolean goesOn = true;
    for (int i = 0; goesOn; i++) {
      if (i == settings.maxOptions()) {
        throw new ProtocolException("more than " + i + " options");
      }
      goesOn = option();
    }
    return chosen;
  }

  /** The export in use when the handshake failed half-way. */
  ExportSlot chosen() {
    return chosen;
  }

  private void greet() throws IOException {
    channel
        .message(18)
        .putLong(Nbd.MAGIC)
        .putLong(Nbd.OPTION_MAGIC)
        .putShort((short) (Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES));
    channel.send();
    int flags = channel.receive(Integer.BYTES).getInt();
    if ((flags & ~CLIENT_FLAGS) != 0) {
      throw new ProtocolException("unknown client flags " + Integer.toHexString(flags));
    }
    noZeroes = (flags & Nbd.FLAG_NO_ZEROES) != 0;
  }

  /** One option; false when the negotiation is over. */
  private boolean option() throws IOException {
    ByteBuffer header = channel.receive(Nbd.OPTION_HEADER_BYTES);
    long magic = header.getLong();
    int option = header.getInt();
    int length = header.getInt();
    if (magic != Nbd.OPTION_MAGIC) {
      throw new ProtocolException("wrong magic number of an option");
    }
    if (length < 0 || length > settings.maxOptionBytes()) {
      throw new ProtocolException("option of " + Integer.toUnsignedString(length) + " bytes");
    }
    ByteBuffer data = channel.receivePayload(length);
    return switch (option) {
      case Nbd.OPT_EXPORT_NAME -> exportName(data);
      case Nbd.OPT_ABORT -> abort();
      case Nbd.OPT_LIST -> list(data);
      case Nbd.OPT_INFO, Nbd.OPT_GO -> info(option, data);
      default -> refuse(option, Nbd.REP_ERR_UNSUP, "option " + option + " is not supported");
    };
  }

  private boolean abort() throws IOException {
    reply(Nbd.OPT_ABORT, Nbd.REP_ACK, 0);
    channel.send();
    return false;
  }

  private boolean list(ByteBuffer data) throws IOException {
    if (data.hasRemaining()) {
      return refuse(Nbd.OPT_LIST, Nbd.REP_ERR_INVALID, "LIST takes no data");
    }
    for (ExportSlot slot : exports) {
      byte[] name = slot.export().name().getBytes(StandardCharsets.UTF_8);
      reply(Nbd.OPT_LIST, Nbd.REP_SERVER, Integer.BYTES + name.length)
          .putInt(name.length)
          .put(name);
      channel.send();
    }
    reply(Nbd.OPT_LIST, Nbd.REP_ACK, 0);
    channel.send();
    return true;
  }

  /** The old way: no error can be told, so the connection ends instead. */
  private boolean exportName(ByteBuffer data) throws IOException {
    ExportSlot slot = find(data);
    if (slot == null) {
      throw new ProtocolException("no such export");
    }
    if (!slot.take(settings.handoverNs())) {
      throw new ProtocolException("export " + slot.export().name() + " is in use");
    }
    chosen = slot;
    int padding = noZeroes ? 0 : Nbd.EXPORT_NAME_PADDING_BYTES;
    channel
        .message(10 + padding)
        .putLong(slot.export().sizeBytes())
        .putShort((short) Nbd.TRANSMISSION_FLAGS)
        .put(new byte[padding]);
    channel.send();
    return false;
  }

  private boolean info(int option, ByteBuffer data) throws IOException {
    ByteBuffer name = nameOf(data);
    if (name == null) {
      return refuse(option, Nbd.REP_ERR_INVALID, "malformed request");
    }
    ExportSlot slot = find(name);
    if (slot == null) {
      return refuse(option, Nbd.REP_ERR_UNKNOWN, "no such export");
    }
    if (option == Nbd.OPT_GO) {
      if (!slot.take(settings.handoverNs())) {
        return refuse(option, Nbd.REP_ERR_POLICY, "the export is in use by another connection");
      }
      chosen = slot;
    }
    describe(option, slot.export());
    return option != Nbd.OPT_GO;
  }

  /** The name in {@code u32 length, name, u16 count, count times u16}; null if malformed. */
  private static ByteBuffer nameOf(ByteBuffer data) {
    if (data.remaining() < Integer.BYTES + Short.BYTES) {
      return null;
    }
    int length = data.getInt();
    if (length < 0 || length > data.remaining() - Short.BYTES) {
      return null;
    }
    ByteBuffer name = data.slice(data.position(), length);
    data.position(data.position() + length);
    int requests = data.getShort() & 0xffff;
    return data.remaining() == requests * Short.BYTES ? name : null;
  }

  private void describe(int option, NbdExport export) throws IOException {
    reply(option, Nbd.REP_INFO, 12)
        .putShort((short) Nbd.INFO_EXPORT)
        .putLong(export.sizeBytes())
        .putShort((short) Nbd.TRANSMISSION_FLAGS);
    channel.send();
    reply(option, Nbd.REP_INFO, 14)
        .putShort((short) Nbd.INFO_BLOCK_SIZE)
        .putInt(1)
        .putInt(4096)
        .putInt(settings.maxRequestBytes());
    channel.send();
    reply(option, Nbd.REP_ACK, 0);
    channel.send();
  }

  /** The empty name is that of the first export. */
  private ExportSlot find(ByteBuffer name) {
    if (!name.hasRemaining()) {
      return exports.getFirst();
    }
    String wanted = StandardCharsets.UTF_8.decode(name).toString();
    for (ExportSlot slot : exports) {
      if (slot.export().name().equals(wanted)) {
        return slot;
      }
    }
    return null;
  }

  private boolean refuse(int option, int error, String message) throws IOException {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    reply(option, error, text.length).put(text);
    channel.send();
    return true;
  }

  private ByteBuffer reply(int option, int type, int length) {
    return channel
        .message(20 + length)
        .putLong(Nbd.OPTION_REPLY_MAGIC)
        .putInt(option)
        .putInt(type)
        .putInt(length);
  }
}
