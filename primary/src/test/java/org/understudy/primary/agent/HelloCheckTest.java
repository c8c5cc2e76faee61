package org.understudy.primary.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.understudy.pair.session.Reject;
import org.understudy.protocol.wire.GuestTerms;
import org.understudy.protocol.wire.Hello;
import org.understudy.protocol.wire.NodeIdentity;

class HelloCheckTest {
  private static final GuestTerms TERMS = terms("service/kv", 1, 4096, true, true);
  private final HelloCheck check = new HelloCheck("pair", TERMS);

  private static GuestTerms terms(
      String type, int version, long bytes, boolean deterministic, boolean gated) {
    return new GuestTerms(
        type, version, List.of(new GuestTerms.Region("ram", bytes)), deterministic, gated);
  }

  private HelloCheck.Finding find(String pair, GuestTerms terms) {
    NodeIdentity peer = new NodeIdentity("b", 7, 0, 0);
    return check.check(new Hello(1, peer, pair, Hello.Held.NOTHING, terms, ""));
  }

  @Test
  void shouldFindNothingWhenTermsAreEqual() {
    assertThat(find("pair", TERMS)).isEqualTo(HelloCheck.Finding.FINE);
  }

  @Test
  void shouldNameWhatDiffersAndBothValues() {
    assertRefused(find("other", TERMS), Reject.PAIR_ID, "pair", "other");
    assertRefused(
        find("pair", terms("vm", 1, 4096, true, true)), Reject.GUEST_TYPE, "service/kv", "vm");
    assertRefused(
        find("pair", terms("service/kv", 2, 4096, true, true)),
        Reject.STATE_FORMAT,
        "1 here",
        "2 there");
    assertRefused(
        find("pair", terms("service/kv", 1, 8192, true, true)), Reject.LAYOUT, "4096", "8192");
    assertRefused(
        find("pair", terms("service/kv", 1, 4096, false, true)),
        Reject.GUEST_FLAGS,
        "true",
        "false");
    assertRefused(
        find("pair", terms("service/kv", 1, 4096, true, false)),
        Reject.GUEST_FLAGS,
        "true",
        "false");
  }

  private static void assertRefused(HelloCheck.Finding finding, Reject code, String... texts) {
    assertThat(finding.code()).isEqualTo(code);
    assertThat(finding.text()).contains(texts);
  }
}
