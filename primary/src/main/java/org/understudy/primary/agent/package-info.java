/** The primary's duty cycle: thin hands around the session, the pacer and the shipper. */
package org.understudy.primary.agent;
