package org.understudy.primary.agent;

import java.util.function.ObjLongConsumer;
import org.agrona.concurrent.NanoClock;
import org.understudy.checkpoint.codec.format.CodecSettings;
import org.understudy.pair.arbiter.RegisterCalls;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.StateListener;
import org.understudy.primary.pacing.PacerSettings;
import org.understudy.primary.session.PrimarySettings;
import org.understudy.protocol.link.Link;
import org.understudy.protocol.wire.GuestTerms;

/**
 * Everything that a {@link PrimaryAgent} needs.
 *
 * @param self this process
 * @param pairId name of the pair
 * @param terms the guest's terms in the handshake
 * @param codec encoding
 * @param pacing epochs
 * @param session times and bounds of the session
 * @param verify when memory is digested
 * @param stagingBytes limit of checkpoints kept until acked
 * @param inputBytes limit of inputs that wait for the guest, at least the backup's input log
 * @param link link to the peer; the agent listens to it
 * @param arbiter calls to the arbiter
 * @param listener told of every change of state
 * @param metrics told of epochs
 * @param digests told of each digest of memory and its epoch, on the guest's thread
 * @param saver writes the guest down where the node is stopped and nobody else has it
 * @param clock the time within a duty cycle, and on the guest's thread
 * @param wakeUp ends the agent's wait; any thread
 */
public record PrimaryContext(
    NodeId self,
    String pairId,
    GuestTerms terms,
    CodecSettings codec,
    PacerSettings pacing,
    PrimarySettings session,
    VerifyPlan verify,
    long stagingBytes,
    int inputBytes,
    Link link,
    RegisterCalls arbiter,
    StateListener listener,
    PrimaryObserver metrics,
    ObjLongConsumer<byte[]> digests,
    GuestSaver saver,
    NanoClock clock,
    Runnable wakeUp) {}
