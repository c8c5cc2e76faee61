/** Plain TCP between the two nodes, whose closing tells at once of a dead process. */
package org.understudy.protocol.monitor;
