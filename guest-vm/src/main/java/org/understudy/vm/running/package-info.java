/** The machine that runs: captures, gates, tracking. */
package org.understudy.vm.running;
