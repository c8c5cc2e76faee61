/** What running and waiting machines share: settings, counters, the process and its watch. */
package org.understudy.vm.machine;
