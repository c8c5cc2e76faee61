/** Clients that load a pair and record every reply. */
package org.understudy.lab.load;
