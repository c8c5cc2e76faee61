package org.understudy.simulation.agents;

import org.understudy.checkpoint.guest.InputKind;

/** One event of the guest; its number is 0 where it came from the guest's own front. */
record GuestInput(
    long sequence, long stampNs, InputKind kind, long session, long client, long request) {}
