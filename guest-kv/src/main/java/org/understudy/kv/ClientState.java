package org.understudy.kv;

import org.understudy.service.ServiceContext;
import org.understudy.service.memory.ProtectedMemory;

/**
 * What the service keeps for a client, behind the session's word: nothing for most. The word is 0,
 * or the offset of {@code u64 stream, u64 name, u32 length of the name}. Its four lowest bits are
 * flags: to be closed, so that the rest of its input is ignored; speaks RESP3; wants no replies;
 * wants none to its next command.
 */
final class ClientState {
  private static final int BYTES = 24;
  private static final int NAME = 8;
  private static final int NAME_LENGTH = 16;
  private static final long ENDED = 1;
  private static final long RESP3 = 2;
  private static final long SILENT = 4;
  private static final long SKIP_NEXT = 8;
  private static final long FLAGS = 15;

  private final ServiceContext context;
  private final ProtectedMemory memory;
  private final Space space;
  private long sessionId;
  private long word;

  ClientState(ServiceContext context, Space space) {
    this.context = context;
    this.memory = context.memory();
    this.space = space;
  }

  void select(long newSessionId) {
    sessionId = newSessionId;
    word = context.sessionWord(newSessionId);
  }

  long sessionId() {
    return sessionId;
  }

  boolean isEnded() {
    return (word & ENDED) != 0;
  }

  boolean speaksResp3() {
    return (word & RESP3) != 0;
  }

  void speakResp3(boolean on) {
    setWord(on ? word | RESP3 : word & ~RESP3);
  }

  /** CLIENT REPLY OFF, and ON. */
  void silent(boolean on) {
    setWord(on ? word | SILENT : word & ~(SILENT | SKIP_NEXT));
  }

  boolean isSilent() {
    return (word & SILENT) != 0;
  }

  /** CLIENT REPLY SKIP. */
  void skipNext() {
    setWord(word | SKIP_NEXT);
  }

  /** Whether the command that begins now gets no reply; asked once for each. */
  boolean takeSkip() {
    boolean skip = (word & SKIP_NEXT) != 0;
    if (skip) {
      setWord(word & ~SKIP_NEXT);
    }
    return skip;
  }

  /** Ignores what the client sends from now on; {@link #close} follows its replies. */
  void end() {
    setWord(word | ENDED);
  }

  /** Closes the client after the replies that were handed over. */
  void close() {
    context.closeSession(sessionId);
  }

  /** The {@link CommandStream} of the client, or 0. */
  long stream() {
    return word == 0 ? 0 : state() == 0 ? 0 : memory.getLong(state());
  }

  void stream(long stream) {
    memory.putLong(state(), stream);
  }

  /** Makes room for a name or a stream. Nothing has changed if memory runs out. */
  void ensureState() {
    if (state() == 0) {
      long created = space.allocate(BYTES);
      memory.setMemory(created, BYTES, (byte) 0);
      setWord(created | word & FLAGS);
    }
  }

  /** Sets the name; an empty argument removes it. */
  void name(CommandArguments arguments, int index) {
    int length = arguments.length(index);
    long name = 0;
    if (length > 0) {
      ensureState();
      name = space.allocate(length);
      arguments.copyTo(index, name);
    }
    if (state() != 0) {
      freeName();
      memory.putLong(state() + NAME, name);
      memory.putInt(state() + NAME_LENGTH, length);
    }
  }

  /** Where the name lies, or 0. */
  long name() {
    return state() == 0 ? 0 : memory.getLong(state() + NAME);
  }

  int nameLength() {
    return memory.getInt(state() + NAME_LENGTH);
  }

  /** Frees everything but the stream. */
  void free() {
    if (state() != 0) {
      freeName();
      space.free(state());
      setWord(word & FLAGS);
    }
  }

  private void freeName() {
    if (name() != 0) {
      space.free(name());
    }
  }

  private long state() {
    return word & ~FLAGS;
  }

  private void setWord(long newWord) {
    word = newWord;
    context.setSessionWord(sessionId, newWord);
  }
}
