package org.understudy.simulation;

/** One answer on its way to a client: the entry of the history that made it. */
record Answer(long session, GuestHistory entry) {}
