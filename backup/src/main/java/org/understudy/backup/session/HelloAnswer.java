package org.understudy.backup.session;

import org.understudy.pair.ownership.NodeId;

/**
 * A primary's HelloReply, as far as the session decides on it.
 *
 * @param node sender
 * @param helloId attempt that is answered
 * @param registerId the sender's register
 * @param generation of the register
 * @param linkSession number of the new session
 * @param resume the unacked checkpoints follow, else a copy
 * @param overBase the copy goes over what this node said to have
 * @param lastInputReceived inputs after this one are to be sent (again)
 * @param arbiter kind and place of the sender's arbiter, for messages
 */
public record HelloAnswer(
    NodeId node,
    long helloId,
    long registerId,
    long generation,
    long linkSession,
    boolean resume,
    boolean overBase,
    long lastInputReceived,
    String arbiter) {}
