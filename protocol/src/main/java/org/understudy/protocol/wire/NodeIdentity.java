package org.understudy.protocol.wire;

/**
 * Who speaks in a handshake, and what it knows of the register.
 *
 * @param name node name, 1 to 64 bytes
 * @param incarnation random number of the process start, not 0
 * @param registerId id of its arbiter register, 0 if it knows none yet
 * @param generation generation of the register that it knows, 0 for none
 */
public record NodeIdentity(String name, long incarnation, long registerId, long generation) {}
