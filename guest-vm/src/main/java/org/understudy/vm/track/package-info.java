/**
 * Dirty pages of a running QEMU, found from outside: its memory is registered for asynchronous
 * write protection by calls made in its name, and read by a scan of its page map.
 */
package org.understudy.vm.track;
