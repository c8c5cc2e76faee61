package org.understudy.node.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Published systems, one setting apart, so that they can be compared in one run.
 *
 * @param name the value of {@code preset}
 * @param encoding what of a dirty page is shipped
 * @param release when output may leave
 * @param epochMode epochs where {@code epoch.mode = auto}
 */
public record Preset(
    String name, PageEncoding encoding, OutputRelease release, EpochMode epochMode) {
  /** What of a dirty page is shipped. */
  public enum PageEncoding {
    /** The page as it is. */
    WHOLE_PAGES,
    /** XOR with the old page, then run lengths. */
    XOR_RLE,
    /** Changed blocks, sharing of identical blocks, general compression. */
    BLOCKS,
    /** Cheapest class per page: changed words inside changed blocks, sharing, whole pages. */
    HYBRID
  }

  /** When output of an epoch may leave the pair. */
  public enum OutputRelease {
    /** After the commit of its epoch. */
    EPOCH_COMMITTED,
    /** Once the inputs that it depends on are logged; only for guests that declare determinism. */
    INPUTS_LOGGED
  }

  /** Remus: whole pages, fixed epochs, output commit. */
  public static final Preset REMUS =
      new Preset("remus", PageEncoding.WHOLE_PAGES, OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** Remus with XOR and run lengths per page. */
  public static final Preset REMUS_XOR =
      new Preset("remus-xor", PageEncoding.XOR_RLE, OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** LLM: rare checkpoints, output leaves once its inputs are logged. */
  public static final Preset LLM =
      new Preset("llm", PageEncoding.WHOLE_PAGES, OutputRelease.INPUTS_LOGGED, EpochMode.FIXED);

  /** FGBI: fine-grained blocks, sharing, compression, fixed epochs. */
  public static final Preset FGBI =
      new Preset("fgbi", PageEncoding.BLOCKS, OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** Everything: hybrid encoding and adaptive epochs. */
  public static final Preset UNDERSTUDY =
      new Preset(
          "understudy", PageEncoding.HYBRID, OutputRelease.EPOCH_COMMITTED, EpochMode.ADAPTIVE);

  private static final Preset[] ALL = {REMUS, REMUS_XOR, LLM, FGBI, UNDERSTUDY};

  /** All presets in the order of comparisons. */
  public static Preset[] values() {
    return ALL.clone();
  }

  /** The preset of a name. */
  public static Preset of(String name) {
    for (Preset preset : ALL) {
      if (preset.name.equals(name)) {
        return preset;
      }
    }
    throw new ConfigError("preset '" + name + "' is unknown: use one of " + names());
  }

  private static String names() {
    return Arrays.stream(ALL).map(Preset::name).collect(Collectors.joining(", "));
  }
}
