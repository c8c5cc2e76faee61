package org.understudy.simulation;

/** One answer on its way to a client: the entry of the history that made it. */
record Reply(long session, History entry) {}
