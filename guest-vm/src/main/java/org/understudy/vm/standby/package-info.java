/** The machine that waits on the backup: commits, trial, takeover. */
package org.understudy.vm.standby;
