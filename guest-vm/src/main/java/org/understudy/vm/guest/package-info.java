/** A virtual machine as the engine sees it: the running guest, and the one that waits. */
package org.understudy.vm.guest;
