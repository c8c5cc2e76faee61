package org.understudy.lab.vm;

import java.util.Map;

/**
 * One kill and the takeover after it.
 *
 * @param atMs when, in milliseconds of the load
 * @param delivered whether the node died of SIGKILL
 * @param clientStallMs longest time between two replies of one connection around the kill
 * @param claimToRunningMs from the claim to the guest running on the other node
 * @param retransmissions segments that the clients sent again
 * @param partsUs what the node did in which time
 */
record KillResult(
    double atMs,
    boolean delivered,
    double clientStallMs,
    double claimToRunningMs,
    long retransmissions,
    Map<String, Long> partsUs) {}
