package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Requests of one connection, each answered before the next is looked at: what a client has sent
 * beyond that waits in the socket, so a connection holds one request at most.
 */
final class NbdTransmission {
  private static final int KNOWN_FLAGS = Nbd.CMD_FLAG_FUA | Nbd.CMD_FLAG_NO_HOLE;

  private final NbdChannel channel;
  private final NbdExport export;
  private final int maxRequestBytes;
  private int flags;
  private int command;
  private long cookie;
  private long offset;
  private long length;

  NbdTransmission(NbdChannel channel, NbdExport export, int maxRequestBytes) {
    this.channel = channel;
    this.export = export;
    this.maxRequestBytes = maxRequestBytes;
  }

  /** Serves until the client says goodbye; throws when it is gone or speaks nonsense. */
  void serve() throws IOException {
    while (true) {
      receiveHeader();
      switch (command) {
        case Nbd.CMD_DISC -> {
          return;
        }
        case Nbd.CMD_READ -> read();
        case Nbd.CMD_WRITE -> write();
        default -> answer(execute());
      }
    }
  }

  private void receiveHeader() throws IOException {
    ByteBuffer header = channel.receive(Nbd.REQUEST_BYTES);
    if (header.getInt() != Nbd.REQUEST_MAGIC) {
      throw new ProtocolException("wrong magic number of a request");
    }
    flags = header.getShort() & 0xffff;
    command = header.getShort() & 0xffff;
    cookie = header.getLong();
    offset = header.getLong();
    length = header.getInt() & 0xffffffffL;
  }

  private void read() throws IOException {
    if (flagsAreWrong() || isOutside() || length > maxRequestBytes) {
      answer(Nbd.EINVAL);
      return;
    }
    ByteBuffer message = channel.message(Nbd.REPLY_BYTES + (int) length);
    try {
      export.read(offset, message.slice(Nbd.REPLY_BYTES, (int) length));
    } catch (IOException e) {
      answer(Nbd.EIO);
      return;
    }
    putReply(message, 0).position(Nbd.REPLY_BYTES + (int) length);
    channel.send();
  }

  private void write() throws IOException {
    if (length > maxRequestBytes) {
      throw new ProtocolException("write of " + length + " bytes"); // reading past it is no better
    }
    ByteBuffer data = channel.receivePayload((int) length);
    if (flagsAreWrong()) {
      answer(Nbd.EINVAL);
    } else if (isOutside()) {
      answer(Nbd.ENOSPC);
    } else {
      answer(errorOf(() -> export.write(offset, data, isDurable())));
    }
  }

  /** A request without payload on either way; returns its error, 0 for none. */
  private int execute() {
    if (flagsAreWrong()) {
      return Nbd.EINVAL;
    }
    return switch (command) {
      case Nbd.CMD_FLUSH -> errorOf(export::flush);
      case Nbd.CMD_TRIM ->
          isOutside() ? Nbd.EINVAL : errorOf(() -> export.trim(offset, length, isDurable()));
      case Nbd.CMD_WRITE_ZEROES -> {
        boolean keepSpace = (flags & Nbd.CMD_FLAG_NO_HOLE) != 0;
        yield isOutside()
            ? Nbd.ENOSPC
            : errorOf(() -> export.zero(offset, length, keepSpace, isDurable()));
      }
      default -> Nbd.EINVAL;
    };
  }

  private boolean flagsAreWrong() {
    boolean noHole = (flags & Nbd.CMD_FLAG_NO_HOLE) != 0;
    return (flags & ~KNOWN_FLAGS) != 0 || noHole && command != Nbd.CMD_WRITE_ZEROES;
  }

  private boolean isOutside() {
    long size = export.sizeBytes();
    return offset < 0 || offset > size || length > size - offset;
  }

  private boolean isDurable() {
    return (flags & Nbd.CMD_FLAG_FUA) != 0;
  }

  private interface Action {
    void run() throws IOException;
  }

  private static int errorOf(Action action) {
    try {
      action.run();
      return 0;
    } catch (IOException e) {
      return Nbd.EIO;
    }
  }

  private void answer(int error) throws IOException {
    putReply(channel.message(Nbd.REPLY_BYTES), error);
    channel.send();
  }

  private ByteBuffer putReply(ByteBuffer message, int error) {
    return message.putInt(Nbd.REPLY_MAGIC).putInt(error).putLong(cookie);
  }
}
