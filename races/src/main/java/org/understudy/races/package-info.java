/** Races of two threads within one call of the write barrier, to be run by jcstress. */
package org.understudy.races;
