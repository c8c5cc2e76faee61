/**
 * A pair (or three nodes), an arbiter, clients and a hostile network in one thread, from one seed:
 * the real state machines of both roles around a model guest, with the invariants checked at every
 * step.
 */
package org.understudy.simulation;
