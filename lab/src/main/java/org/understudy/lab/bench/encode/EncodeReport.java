package org.understudy.lab.bench.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result of {@code bench encode} as a table or as JSON. */
record EncodeReport(List<EncodeBench.FileResult> files) {

  boolean allVerified() {
    return files.stream()
        .flatMap(file -> file.codecs().values().stream())
        .allMatch(EncodeBench.CodecResult::verified);
  }

  String json() {
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(Map.of("files", files));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String table() {
    StringBuilder text = new StringBuilder();
    for (EncodeBench.FileResult file : files) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s: %d pages, %.1f %% of their bytes changed, memcpy %.1f GB/s%n%-13s %12s %9s %12s %10s %12s %8s  %s%n",
              file.file(),
              file.pages(),
              100.0 * file.changedBytes() / file.pages() / Raw.PAGE,
              file.memcpyGBps(),
              "codec",
              "bytes",
              "ratio",
              "encode GB/s",
              "of memcpy",
              "decode GB/s",
              "verified",
              "bytes by class"));
      file.codecs().forEach((name, result) -> text.append(line(name, result)));
      text.append(System.lineSeparator());
    }
    return text.toString();
  }

  private static String line(String name, EncodeBench.CodecResult result) {
    StringBuilder classes = new StringBuilder();
    result
        .bytesByClass()
        .forEach((key, bytes) -> classes.append(bytes > 0 ? " " + key + "=" + bytes : ""));
    return String.format(
        Locale.ROOT,
        "%-13s %12d %9.2f %12.2f %9.0f%% %12.2f %8s %s%n",
        name,
        result.wireBytes(),
        result.ratio(),
        result.encodeGBps(),
        100 * result.encodeShareOfMemcpy(),
        result.decodeGBps(),
        result.verified() ? "yes" : "NO",
        classes);
  }
}
