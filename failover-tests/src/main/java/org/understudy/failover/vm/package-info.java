/** Faults of all kinds done to a protected virtual machine under load. */
package org.understudy.failover.vm;
