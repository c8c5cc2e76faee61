package org.understudy.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.understudy.protocol.codecs.BooleanType;
import org.understudy.protocol.codecs.GuestFlagsDecoder;
import org.understudy.protocol.codecs.HelloDecoder;
import org.understudy.protocol.codecs.HelloRejectDecoder;
import org.understudy.protocol.codecs.HelloReplyDecoder;
import org.understudy.protocol.codecs.MessageHeaderDecoder;
import org.understudy.protocol.codecs.RejectCode;
import org.understudy.protocol.codecs.ResumeMode;

/**
 * Decodes handshake messages whose shape was checked. A message whose fields make no sense gives
 * null, and {@link MessageCheck} says why.
 */
final class HandshakeDecoder {
  private static final int HEADER = MessageHeaderDecoder.ENCODED_LENGTH;
  private static final int PAGE_BYTES = 4096;

  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final HelloDecoder hello = new HelloDecoder();
  private final HelloReplyDecoder reply = new HelloReplyDecoder();
  private final HelloRejectDecoder reject = new HelloRejectDecoder();
  private final MessageCheck check;

  HandshakeDecoder(MessageCheck check) {
    this.check = check;
  }

  Hello hello(DirectBuffer buffer, int offset) {
    hello.wrapAndApplyHeader(buffer, offset, header);
    boolean sound =
        nonZero(HelloDecoder.helloIdEncodingOffset(), "helloId", hello.helloId())
            && nonZero(HelloDecoder.incarnationEncodingOffset(), "incarnation", hello.incarnation())
            && range(
                HelloDecoder.hasCompleteImageEncodingOffset(),
                "hasCompleteImage",
                hello.hasCompleteImageRaw(),
                1)
            && range(HelloDecoder.hasBaseEncodingOffset(), "hasBase", hello.hasBaseRaw(), 1)
            && range(
                HelloDecoder.lastCommittedEpochEncodingOffset(),
                "lastCommittedEpoch",
                hello.lastCommittedEpoch() + 1,
                Long.MAX_VALUE)
            && isRange(hello.minVersion(), hello.maxVersion())
            && format(HelloDecoder.stateFormatVersionEncodingOffset(), hello.stateFormatVersion());
    if (!sound) {
      return null;
    }
    Hello.Held held =
        new Hello.Held(
            hello.hasCompleteImage() == BooleanType.YES,
            hello.lastCommittedEpoch(),
            hello.lastOutputReceived(),
            hello.peerIncarnation(),
            hello.lastLinkSession(),
            hello.hasBase() == BooleanType.YES);
    GuestFlagsDecoder flags = hello.guestFlags();
    boolean deterministic = flags.deterministic();
    boolean gatedOnBackup = flags.gatedOnBackup();
    List<GuestTerms.Region> regions = new ArrayList<>();
    for (HelloDecoder.RegionsDecoder region : hello.regions()) {
      if (!wholePages(region.lengthBytes())) {
        return null;
      }
      long bytes = region.lengthBytes();
      regions.add(new GuestTerms.Region(printable(region.name()), bytes));
    }
    String node = printable(hello.nodeName());
    String pair = printable(hello.pairId());
    String type = printable(hello.guestType());
    String front = printable(hello.frontAddress());
    return new Hello(
        hello.helloId(),
        new NodeIdentity(node, hello.incarnation(), hello.registerId(), hello.generation()),
        pair,
        held,
        new GuestTerms(type, hello.stateFormatVersion(), regions, deterministic, gatedOnBackup),
        front);
  }

  HelloReply helloReply(DirectBuffer buffer, int offset) {
    reply.wrapAndApplyHeader(buffer, offset, header);
    boolean sound =
        nonZero(HelloReplyDecoder.linkSessionEncodingOffset(), "linkSession", reply.linkSession())
            && nonZero(HelloReplyDecoder.helloIdEncodingOffset(), "helloId", reply.helloId())
            && nonZero(
                HelloReplyDecoder.incarnationEncodingOffset(), "incarnation", reply.incarnation())
            && code(
                HelloReplyDecoder.resumeModeEncodingOffset(),
                "resumeMode",
                reply.resumeModeRaw(),
                ResumeMode.DIFFERENCE.value())
            && chosen(reply.version())
            && format(
                HelloReplyDecoder.stateFormatVersionEncodingOffset(), reply.stateFormatVersion());
    if (!sound) {
      return null;
    }
    GuestFlagsDecoder flags = reply.guestFlags();
    boolean deterministic = flags.deterministic();
    boolean gatedOnBackup = flags.gatedOnBackup();
    List<GuestTerms.Region> regions = new ArrayList<>();
    for (HelloReplyDecoder.RegionsDecoder region : reply.regions()) {
      if (!wholePages(region.lengthBytes())) {
        return null;
      }
      long bytes = region.lengthBytes();
      regions.add(new GuestTerms.Region(printable(region.name()), bytes));
    }
    String node = printable(reply.nodeName());
    String type = printable(reply.guestType());
    String arbiter = printable(reply.arbiter());
    return new HelloReply(
        reply.helloId(),
        new NodeIdentity(node, reply.incarnation(), reply.registerId(), reply.generation()),
        reply.linkSession(),
        reply.resumeMode(),
        reply.lastInputReceived(),
        new GuestTerms(type, reply.stateFormatVersion(), regions, deterministic, gatedOnBackup),
        arbiter);
  }

  HelloReject helloReject(DirectBuffer buffer, int offset) {
    reject.wrapAndApplyHeader(buffer, offset, header);
    boolean sound =
        nonZero(HelloRejectDecoder.helloIdEncodingOffset(), "helloId", reject.helloId())
            && code(
                HelloRejectDecoder.codeEncodingOffset(),
                "code",
                reject.codeRaw(),
                RejectCode.PRESET.value());
    if (!sound) {
      return null;
    }
    String node = printable(reject.nodeName());
    return new HelloReject(
        reject.helloId(),
        node,
        reject.incarnation(),
        reject.generation(),
        reject.code(),
        printable(reject.text()));
  }

  private boolean nonZero(int blockOffset, String field, long value) {
    return value != 0 || check.bad(HEADER + blockOffset, field + " is 0", 1, value);
  }

  private boolean range(int blockOffset, String field, long value, long max) {
    return (value >= 0 && value <= max)
        || check.bad(HEADER + blockOffset, field + " out of range", max, value);
  }

  private boolean code(int blockOffset, String field, int value, int max) {
    return (value >= 1 && value <= max)
        || check.bad(HEADER + blockOffset, field + " unknown", max, value);
  }

  private boolean format(int blockOffset, int value) {
    return value >= 0 || check.bad(HEADER + blockOffset, "stateFormatVersion negative", 0, value);
  }

  /** A range without a common version never gets here ({@link OtherVersion}). */
  private boolean isRange(int min, int max) {
    return (min >= 1 && min <= max)
        || check.bad(HEADER, "version range is empty or starts at 0", min, max);
  }

  private boolean chosen(int version) {
    return (version >= WireLimits.MIN_VERSION && version <= WireLimits.VERSION)
        || check.bad(
            HEADER, "a version was chosen that was not offered", WireLimits.VERSION, version);
  }

  private boolean wholePages(long bytes) {
    return (bytes > 0 && bytes % PAGE_BYTES == 0)
        || check.bad(HEADER, "region length is no multiple of the page", PAGE_BYTES, bytes);
  }

  /** What a peer says ends up in logs: nothing in it may move a cursor or end a line. */
  static String printable(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (b >= 0 && (b < ' ' || b == 0x7f)) {
        return text.replaceAll("\\p{Cntrl}", "?");
      }
    }
    return text;
  }
}
