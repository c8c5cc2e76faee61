package org.understudy.protocol.wire;

import org.understudy.protocol.codecs.SectionEncoding;
import org.understudy.protocol.codecs.SectionKind;

/** What a Section message says beside its data; a reused, mutable carrier. */
public final class SectionHeader {
  /** Epoch. */
  public long epoch;

  /** Number of the Section message in its sequence, over all kinds. */
  public int index;

  /** Which part of the checkpoint. */
  public SectionKind kind;

  /** Compression of this piece. */
  public SectionEncoding encoding;

  /** Bytes of this piece when decoded. */
  public int rawLength;

  /** The part ends with this piece. */
  public boolean last;
}
