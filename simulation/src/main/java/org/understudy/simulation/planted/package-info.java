/**
 * Errors planted in production code, one line each, and how they are caught. Every patch of {@code
 * planted/} is compiled in front of the class path and run against seeds of the simulator or
 * against its test: what survives shows what the proof does not see.
 */
package org.understudy.simulation.planted;
