/** How soon the threads of a node run when there is something to do. */
package org.understudy.host.schedule;
