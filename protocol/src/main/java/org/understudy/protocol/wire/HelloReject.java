package org.understudy.protocol.wire;

import org.understudy.protocol.codecs.RejectCode;

/**
 * Primary to backup: no session, and why.
 *
 * @param helloId the helloId that is answered
 * @param nodeName name of the sender
 * @param incarnation random number of the sender's process start
 * @param generation generation that the sender knows, 0 for none
 * @param code the reason for programs
 * @param text the reason for people: what differs, both values, the remedy
 */
public record HelloReject(
    long helloId,
    String nodeName,
    long incarnation,
    long generation,
    RejectCode code,
    String text) {}
