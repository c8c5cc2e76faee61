package org.understudy.node.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Published systems, one setting apart, so that they can be compared in one run.
 *
 * @param name the value of {@code preset}; says how pages are encoded ({@code
 *     CodecSettings.preset})
 * @param release when output may leave
 * @param epochMode epochs where {@code epoch.mode = auto}
 */
public record Preset(String name, OutputRelease release, EpochMode epochMode) {
  /** When output of an epoch may leave the pair. */
  public enum OutputRelease {
    /** After the commit of its epoch. */
    EPOCH_COMMITTED,
    /** Once the inputs that it depends on are logged; only for guests that declare determinism. */
    INPUTS_LOGGED
  }

  /** Remus: whole pages, fixed epochs, output commit. */
  public static final Preset REMUS =
      new Preset("remus", OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** Remus with XOR and run lengths per page. */
  public static final Preset REMUS_XOR =
      new Preset("remus-xor", OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** LLM: rare checkpoints, output leaves once its inputs are logged. */
  public static final Preset LLM = new Preset("llm", OutputRelease.INPUTS_LOGGED, EpochMode.FIXED);

  /** FGBI: fine-grained blocks, sharing, compression, fixed epochs. */
  public static final Preset FGBI =
      new Preset("fgbi", OutputRelease.EPOCH_COMMITTED, EpochMode.FIXED);

  /** Everything: hybrid encoding and adaptive epochs. */
  public static final Preset UNDERSTUDY =
      new Preset("understudy", OutputRelease.EPOCH_COMMITTED, EpochMode.ADAPTIVE);

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
