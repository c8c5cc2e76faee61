package org.understudy.backup.stage;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.understudy.checkpoint.codec.format.CorruptBatchException;
import org.understudy.checkpoint.codec.section.SectionCodec;
import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;
import org.understudy.protocol.wire.SectionHeader;

/** The parts of one checkpoint beside its pages, decoded and complete or refused. */
public final class StagedSections {
  private static final int KINDS = 5;

  private final SectionBuffer[] buffers = new SectionBuffer[KINDS];
  private final boolean[] complete = new boolean[KINDS];
  private final int limitBytes;
  private int current;

  /** No sections; of all together there may be so many bytes, so many of them of device state. */
  StagedSections(int limitBytes, int deviceLimitBytes) {
    this.limitBytes = limitBytes;
    for (int kind = 1; kind < KINDS; kind++) {
      SectionKind named = SectionKind.get((short) kind);
      int limit = named == SectionKind.DEVICE_STATE ? deviceLimitBytes : limitBytes;
      buffers[kind] = new SectionBuffer(named.name(), limit);
    }
  }

  void clear() {
    current = 0;
    for (int kind = 1; kind < KINDS; kind++) {
      buffers[kind].clear();
      complete[kind] = false;
    }
  }

  /** Adds a piece. Pieces of one kind come together, kinds in ascending order. */
  void add(SectionHeader header, DirectBuffer source, int offset, int length, SectionCodec codec) {
    int kind = header.kind.value();
    if (kind < current || complete[kind]) {
      throw new CorruptCheckpointException("section " + header.kind + " after its end");
    }
    if (kind > current && current != 0 && !complete[current]) {
      throw new CorruptCheckpointException(
          "section "
              + header.kind
              + " before section "
              + SectionKind.get((short) current)
              + " ended");
    }
    current = kind;
    requireRoom(header);
    append(buffers[kind], header, source, offset, length, codec);
    complete[kind] = header.last;
  }

  private void requireRoom(SectionHeader header) {
    long all = stagedBytes() + header.rawLength;
    if (all > limitBytes) {
      throw new CorruptCheckpointException(
          "section "
              + header.kind
              + " makes the sections of one checkpoint "
              + all
              + " bytes long, the limit is "
              + limitBytes
              + ": give both nodes the same limits.staging and guest.valueLimit, or larger ones");
    }
  }

  /** Gives a section away, and takes an unused buffer for it. */
  SectionBuffer exchange(SectionKind kind, SectionBuffer unused) {
    SectionBuffer given = buffers[kind.value()];
    unused.clear();
    buffers[kind.value()] = unused;
    return given;
  }

  private static void append(
      SectionBuffer target,
      SectionHeader header,
      DirectBuffer source,
      int offset,
      int length,
      SectionCodec codec) {
    UnsafeBuffer buffer = target.reserve(header.rawLength);
    if (header.encoding == SectionEncoding.RAW) {
      requireLength(header, length);
      buffer.putBytes(target.length(), source, offset, length);
    } else {
      try {
        int raw = codec.decode(source, offset, length, buffer, target.length(), header.rawLength);
        requireLength(header, raw);
      } catch (CorruptBatchException e) {
        throw new CorruptCheckpointException("section " + header.kind, e);
      }
    }
    target.advance(header.rawLength);
  }

  private static void requireLength(SectionHeader header, int actual) {
    if (actual != header.rawLength) {
      throw new CorruptCheckpointException(
          "section " + header.kind + " announces " + header.rawLength + " bytes and has " + actual);
    }
  }

  void requireComplete() {
    if (current != 0 && !complete[current]) {
      throw new CorruptCheckpointException(
          "section " + SectionKind.get((short) current) + " has no end");
    }
  }

  /** Bytes of a section, from 0 to {@link #length}. */
  public DirectBuffer buffer(SectionKind kind) {
    return buffers[kind.value()].buffer();
  }

  /** Length of a section, 0 if the checkpoint has none of it. */
  public int length(SectionKind kind) {
    return buffers[kind.value()].length();
  }

  long stagedBytes() {
    long sum = 0;
    for (int kind = 1; kind < KINDS; kind++) {
      sum += buffers[kind].length();
    }
    return sum;
  }

  /** Bytes that may be backed by pages of the host. */
  long touchedBytes() {
    long sum = 0;
    for (int kind = 1; kind < KINDS; kind++) {
      sum += buffers[kind].touchedBytes();
    }
    return sum;
  }

  void close() {
    for (int kind = 1; kind < KINDS; kind++) {
      buffers[kind].close();
    }
  }
}
