/** A server of the NBD protocol (fixed newstyle, simple replies) on a unix-domain socket. */
package org.understudy.vm.disk.nbd;
