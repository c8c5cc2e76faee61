package org.understudy.protocol.wire;

import org.understudy.protocol.codecs.ResumeMode;

/**
 * Primary to backup: the session starts. {@code identity.generation()} and {@code linkSession} are
 * in every message from now on.
 *
 * @param helloId the helloId that is answered
 * @param identity the primary
 * @param linkSession random number of this session, not 0
 * @param resumeMode whether a full copy, one over what the backup holds, or the unacked checkpoints
 *     follow
 * @param lastInputReceived the backup sends again only inputs after it; 0 for none
 * @param guest what the primary runs
 * @param arbiter kind and place of its arbiter, for messages to people
 */
public record HelloReply(
    long helloId,
    NodeIdentity identity,
    long linkSession,
    ResumeMode resumeMode,
    long lastInputReceived,
    GuestTerms guest,
    String arbiter) {}
