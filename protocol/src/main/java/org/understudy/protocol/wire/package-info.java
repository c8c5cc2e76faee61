/**
 * Messages of the replication wire: encoding, checking and dispatching, without any transport. The
 * generated codecs of {@code replication.xml} are used only here.
 */
package org.understudy.protocol.wire;
