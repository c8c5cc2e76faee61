/** Runs a service as a guest: session table, timers, duty cycle, capture. */
package org.understudy.service.guest;
