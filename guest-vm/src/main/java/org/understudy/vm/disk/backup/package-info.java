/** Disks of a committed image: an epoch's records applied in the guest's order. */
package org.understudy.vm.disk.backup;
