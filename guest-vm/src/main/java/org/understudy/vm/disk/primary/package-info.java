/** Disks of a running guest: written at once, recorded for the backup. */
package org.understudy.vm.disk.primary;
