/** What a machine may have beside what Understudy gives it: read as QEMU reads it, and judged. */
package org.understudy.vm.qemu.extra;
