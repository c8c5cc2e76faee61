package org.understudy.protocol.link;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.protocol.wire.WireLimits;

/**
 * Puts the fragments of messages together, each stream on its own, in buffers that are as long as
 * the longest message and no longer. Fragments without a beginning (a stream joined in the middle)
 * are skipped; a message that would not fit is dropped and reported once.
 */
final class StreamAssembler implements FragmentHandler {
  /** Takes whole messages. */
  interface Handler {
    /** A message of this stream. */
    void onMessage(int streamSessionId, DirectBuffer buffer, int offset, int length);

    /** A message was longer than any may be, or came on one stream too many. */
    void onOversized(int streamSessionId, long length);
  }

  private static final class Assembly {
    final UnsafeBuffer buffer =
        new UnsafeBuffer(ByteBuffer.allocateDirect(WireLimits.MAX_RECORD_BYTES));
    int streamSessionId;
    boolean inUse;
    boolean started;
    int length;
    int nextTermOffset;
  }

  private final Assembly[] assemblies = new Assembly[LinkConfiguration.MAX_STREAMS];
  private final Handler handler;

  StreamAssembler(Handler handler) {
    this.handler = handler;
  }

  /** Forgets a stream that ended. */
  void remove(int streamSessionId) {
    for (Assembly assembly : assemblies) {
      if (assembly != null && assembly.inUse && assembly.streamSessionId == streamSessionId) {
        assembly.inUse = false;
        assembly.started = false;
      }
    }
  }

  @Override
  public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    int flags = header.flags() & FrameDescriptor.UNFRAGMENTED;
    int stream = header.sessionId();
    if (flags == FrameDescriptor.UNFRAGMENTED) {
      handler.onMessage(stream, buffer, offset, length);
      return;
    }
    Assembly assembly = assemblyOf(stream);
    if (assembly == null) {
      handler.onOversized(stream, length);
    } else if (flags == FrameDescriptor.BEGIN_FRAG_FLAG) {
      assembly.started = true;
      assembly.length = 0;
      append(assembly, buffer, offset, length, header);
    } else if (assembly.started) {
      next(assembly, flags, buffer, offset, length, header);
    }
  }

  private void next(
      Assembly assembly, int flags, DirectBuffer buffer, int offset, int length, Header header) {
    if (header.termOffset() != assembly.nextTermOffset) {
      assembly.started = false;
      return;
    }
    append(assembly, buffer, offset, length, header);
    if (assembly.started && flags == FrameDescriptor.END_FRAG_FLAG) {
      assembly.started = false;
      handler.onMessage(assembly.streamSessionId, assembly.buffer, 0, assembly.length);
    }
  }

  private void append(
      Assembly assembly, DirectBuffer buffer, int offset, int length, Header header) {
    if (length > assembly.buffer.capacity() - assembly.length) {
      assembly.started = false;
      handler.onOversized(assembly.streamSessionId, (long) assembly.length + length);
      return;
    }
    assembly.buffer.putBytes(assembly.length, buffer, offset, length);
    assembly.length += length;
    assembly.nextTermOffset = header.nextTermOffset();
  }

  private Assembly assemblyOf(int stream) {
    int free = -1;
    for (int i = 0; i < assemblies.length; i++) {
      Assembly assembly = assemblies[i];
      if (assembly != null && assembly.inUse && assembly.streamSessionId == stream) {
        return assembly;
      }
      if (free < 0 && (assembly == null || !assembly.inUse)) {
        free = i;
      }
    }
    return free < 0 ? null : occupy(free, stream);
  }

  private Assembly occupy(int slot, int stream) {
    if (assemblies[slot] == null) {
      assemblies[slot] = new Assembly();
    }
    Assembly assembly = assemblies[slot];
    assembly.inUse = true;
    assembly.started = false;
    assembly.streamSessionId = stream;
    return assembly;
  }
}
