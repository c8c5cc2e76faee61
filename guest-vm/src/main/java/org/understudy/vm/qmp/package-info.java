/** QMP, the control protocol of QEMU: one connection, typed requests with time-outs, and events. */
package org.understudy.vm.qmp;
