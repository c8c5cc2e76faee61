package org.understudy.node.role;

import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.protocol.wire.GuestTerms;

/** A guest's description in the words of the wire. */
final class Terms {
  private Terms() {}

  static GuestTerms of(GuestDescription guest) {
    return new GuestTerms(
        guest.type(),
        guest.stateFormatVersion(),
        guest.layout().regions().stream()
            .map(region -> new GuestTerms.Region(region.name(), region.lengthBytes()))
            .toList(),
        guest.deterministic(),
        guest.gatedOnBackup());
  }
}
