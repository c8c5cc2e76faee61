package org.understudy.checkpoint.codec.format;

/** What is done with a dirty page. */
public enum PageCoding {
  /** Shipped whole, without looking at its old content (Remus). */
  WHOLE,
  /** XOR against the old content, then run lengths, page by page (XBZRLE). */
  XOR_RLE,
  /** Changed blocks as they are (FGBI). */
  BLOCKS,
  /** The cheapest of all classes for each page. */
  HYBRID
}
