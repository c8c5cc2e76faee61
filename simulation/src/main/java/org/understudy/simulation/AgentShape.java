package org.understudy.simulation;

import java.util.List;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.checkpoint.codec.format.Compressor;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.RegionLayout;
import org.understudy.protocol.seal.SealIdentity;
import org.understudy.protocol.seal.SealKey;
import org.understudy.protocol.wire.GuestTerms;
import org.understudy.simulation.agents.MachineLikeGuest;
import org.understudy.simulation.agents.ServiceLikeGuest;

/**
 * How the agents' pair of a seed is made.
 *
 * @param description the guest's type
 * @param codec how pages are encoded
 * @param queue inputs that the guest lets wait
 * @param logBytes the backup's input log
 * @param isSealed whether the link is
 * @param interleaving how likely the other thread runs between two calls
 */
record AgentShape(
    GuestDescription description,
    CodecSettings codec,
    int queue,
    int logBytes,
    boolean isSealed,
    double interleaving) {
  private static final SealKey KEY = new SealKey(1, new byte[32]);

  static AgentShape draw(World world) {
    int[] pages = {16, 24, 64};
    double[] interleaving = {0, 0.005, 0.05};
    return new AgentShape(
        description(world, pages[world.below(3)]),
        codec(world.below(4)),
        world.smallLog ? 2 : 16,
        world.smallLog ? 512 : 16_384,
        Math.floorMod(world.seed / 4, 2) == 1,
        interleaving[world.below(3)]);
  }

  private static GuestDescription description(World world, int pages) {
    return world.machine
        ? MachineLikeGuest.description(pages)
        : ServiceLikeGuest.description(pages, world.llm);
  }

  /** None that is chosen by what was measured: a seed has to do the same each time. */
  private static CodecSettings codec(int which) {
    return switch (which) {
      case 0 -> CodecSettings.remus();
      case 1 -> CodecSettings.remusXor();
      case 2 -> CodecSettings.fgbi();
      default -> CodecSettings.understudy().withCompressor(Compressor.ZSTD);
    };
  }

  /** Who a node is to its peer; null where nothing is sealed. */
  SealIdentity seal(int node) {
    return isSealed ? new SealIdentity("n" + node, "n" + Streams.peer(node), List.of(KEY)) : null;
  }

  RegionLayout layout() {
    return description.layout();
  }

  GuestTerms terms() {
    List<GuestTerms.Region> regions =
        description.layout().regions().stream()
            .map(region -> new GuestTerms.Region(region.name(), region.lengthBytes()))
            .toList();
    return new GuestTerms(
        description.type(),
        description.stateFormatVersion(),
        regions,
        description.deterministic(),
        description.gatedOnBackup());
  }
}
