/** Layout of the disk writes of one epoch. */
package org.understudy.vm.disk.record;
