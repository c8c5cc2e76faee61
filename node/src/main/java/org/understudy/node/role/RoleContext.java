package org.understudy.node.role;

import org.understudy.node.config.NodeConfig;
import org.understudy.pair.arbiter.ArbiterWorker;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.session.StateListener;
import org.understudy.protocol.link.Link;

/**
 * What both roles of a node share.
 *
 * @param config settings
 * @param self this process
 * @param guests makes guests and fronts of the configured type
 * @param link link to the peer
 * @param arbiter calls to the arbiter
 * @param listener told of every change of state
 * @param takeovers takeovers that this process made
 * @param wakeUp ends the agent's wait; any thread
 */
record RoleContext(
    NodeConfig config,
    NodeId self,
    GuestKit guests,
    Link link,
    ArbiterWorker arbiter,
    StateListener listener,
    TakeoverHistory takeovers,
    Runnable wakeUp) {}
