package org.understudy.node.arbiter;

import java.time.Instant;
import org.understudy.pair.ownership.Register;

/**
 * A register that was written once.
 *
 * @param register what was written
 * @param at when, by the clock of the node that wrote it; null if that is not known
 */
public record RegisterChange(Register register, Instant at) {}
