package org.understudy.checkpoint.codec.format;

/**
 * Settings of the encoder of epochs. The decoder needs none: batches describe themselves.
 *
 * @param coding what is done with a page
 * @param blockBytes bytes of one block: 64, 128 or 256
 * @param sharing whether references to other pages are looked for
 * @param compressor what batches go through
 * @param shadowBudgetBytes most memory for copies of shipped content; pages beyond it are compared
 *     by keyed 64-bit hashes and shipped as blocks. 0 means hashes only
 */
public record CodecSettings(
    PageCoding coding,
    int blockBytes,
    Sharing sharing,
    Compressor compressor,
    long shadowBudgetBytes) {

  /** A budget that is never spent. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** Refuses block sizes and budgets that make no sense. */
  public CodecSettings {
    if (blockBytes != 64 && blockBytes != 128 && blockBytes != 256) {
      throw new IllegalArgumentException("block size must be 64, 128 or 256, not " + blockBytes);
    }
    if (!compressor.isSetting()) {
      throw new IllegalArgumentException(compressor + " is what ZSTD becomes: ask for ZSTD");
    }
    if (shadowBudgetBytes < 0) {
      throw new IllegalArgumentException("shadow budget is negative: " + shadowBudgetBytes);
    }
  }

  /** Remus: whole pages, uncompressed. */
  public static CodecSettings remus() {
    return new CodecSettings(PageCoding.WHOLE, 64, Sharing.OFF, Compressor.NONE, 0);
  }

  /** Remus with XOR and run lengths per page. */
  public static CodecSettings remusXor() {
    return new CodecSettings(PageCoding.XOR_RLE, 64, Sharing.OFF, Compressor.NONE, UNLIMITED);
  }

  /** LLM ships its rare checkpoints like {@link #remusXor}. */
  public static CodecSettings llm() {
    return remusXor();
  }

  /** FGBI: blocks found by hash, sharing, compressed batches. */
  public static CodecSettings fgbi() {
    return new CodecSettings(PageCoding.BLOCKS, 64, Sharing.AUTO, Compressor.ZSTD, 0);
  }

  /** Everything. */
  public static CodecSettings understudy() {
    return new CodecSettings(PageCoding.HYBRID, 64, Sharing.AUTO, Compressor.ZSTD, UNLIMITED);
  }

  /**
   * The settings of a preset by its name.
   *
   * @throws IllegalArgumentException naming the known ones
   */
  public static CodecSettings preset(String name) {
    return switch (name) {
      case "remus" -> remus();
      case "remus-xor" -> remusXor();
      case "llm" -> llm();
      case "fgbi" -> fgbi();
      case "understudy" -> understudy();
      default ->
          throw new IllegalArgumentException(
              "unknown preset '" + name + "': use remus, remus-xor, llm, fgbi or understudy");
    };
  }

  /** These settings with another block size, in bytes. */
  public CodecSettings withBlockBytes(int bytes) {
    return new CodecSettings(coding, bytes, sharing, compressor, shadowBudgetBytes);
  }

  /** These settings with sharing switched as said. */
  public CodecSettings withSharing(Sharing value) {
    return new CodecSettings(coding, blockBytes, value, compressor, shadowBudgetBytes);
  }

  /** These settings with another compressor. */
  public CodecSettings withCompressor(Compressor value) {
    return new CodecSettings(coding, blockBytes, sharing, value, shadowBudgetBytes);
  }

  /** These settings with another bound of the memory for the shadow. */
  public CodecSettings withShadowBudgetBytes(long bytes) {
    return new CodecSettings(coding, blockBytes, sharing, compressor, bytes);
  }
}
