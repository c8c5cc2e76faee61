package org.understudy.checkpoint.codec.format;

/** What became of a dirty page, and where the bytes of a batch went. */
public enum PageClass {
  /** Dirty, but equal to what the backup holds: nothing is sent. */
  UNCHANGED("unchanged"),
  /** One 8-byte value from end to end, most often zero. */
  CONSTANT("constant"),
  /** Equal to another page of the previous epoch, or made of such blocks. */
  SHARED("shared"),
  /** Changed bytes by block, word and byte mask. */
  WORDS("words"),
  /** Changed blocks as they are. */
  BLOCKS("blocks"),
  /** Copies from the page's own old content at other offsets, and literals. */
  SHIFTED("shifted"),
  /** XOR and run lengths of one page. */
  XOR_RLE("xorRle"),
  /** The whole page. */
  WHOLE("whole"),
  /** Batch headers, stream lengths, page numbers and page classes. */
  HEADERS("headers");

  private final String key;

  PageClass(String key) {
    this.key = key;
  }

  /** Name in metrics and JSON. */
  public String key() {
    return key;
  }
}
