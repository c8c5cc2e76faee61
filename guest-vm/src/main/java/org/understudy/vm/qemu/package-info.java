/** Running QEMU: from a config to a command line to a process that dies with its node. */
package org.understudy.vm.qemu;
