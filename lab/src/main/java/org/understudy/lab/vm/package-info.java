/**
 * The demo with a virtual machine: Linux with redis and nginx, in network namespaces of its own.
 */
package org.understudy.lab.vm;
