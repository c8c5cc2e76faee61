package org.understudy.checkpoint.guest;

/**
 * The pages of one capture. Each page is owned by exactly one atomic transition: by the encoder
 * ({@link #acquire}) or by the writer that copies it first. Used by one encoding thread, which
 * holds at most one page at a time.
 */
public interface CapturedPages {
  /** Any of the 64 blocks of a page may have been written. */
  long ALL_BLOCKS = -1L;

  /** Number of pages in this capture. */
  int count();

  /**
   * Page number (0 = first page of the first region) of the i-th page; ascending is not promised.
   */
  int page(int index);

  /**
   * Takes the i-th page for reading: the address of 4096 bytes that do not change until {@link
   * #release}. For a {@link CaptureKind#ROUND} the bytes are a private, possibly torn copy.
   */
  long acquire(int index);

  /**
   * The 64-byte blocks of the i-th page that may differ from what the capture before had there: bit
   * i for block i. All of them where the tracker knows pages only. Between {@link #acquire} and
   * {@link #release}.
   */
  default long writtenBlocks(int index) {
    return ALL_BLOCKS;
  }

  /**
   * Gives the i-th page back; a writer may be waiting for it, so keep it for the encoding of one
   * page.
   */
  void release(int index);

  /** Pages of this capture that a writer had to copy so far (copy on write). */
  long copiedPages();
}
