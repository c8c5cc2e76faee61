/**
 * Calls of the Linux kernel that the JDK does not offer, each once, through the foreign function
 * API.
 */
package org.understudy.host;
