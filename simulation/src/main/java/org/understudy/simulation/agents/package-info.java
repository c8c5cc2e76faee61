/**
 * What the real agents of a simulated process stand on: a link that carries their bytes, a front, a
 * guest in real memory behind the real write barrier, a standby. One thread; what happens between
 * two calls comes from {@link org.understudy.simulation.agents.Surroundings}.
 */
package org.understudy.simulation.agents;
