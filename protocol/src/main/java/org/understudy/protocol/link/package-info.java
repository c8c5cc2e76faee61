/** The link between two nodes: Aeron publication and subscription, driven by the agent's thread. */
package org.understudy.protocol.link;
