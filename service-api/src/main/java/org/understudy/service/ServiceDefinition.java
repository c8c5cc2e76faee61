package org.understudy.service;

import java.util.function.Supplier;

/**
 * A kind of service: what two nodes compare before one protects it on the other, and how to make
 * its object.
 *
 * @param name name of the state format, for example {@code kv}
 * @param stateFormatVersion version of what the service keeps in memory
 * @param deterministic the same events on the same memory give the same memory and replies
 * @param newService makes a service object; called for a start and for every restore
 */
public record ServiceDefinition(
    String name, int stateFormatVersion, boolean deterministic, Supplier<Service> newService) {}
