/** Sockets and network devices by system call, for descriptors that the JDK cannot give. */
package org.understudy.host.socket;
