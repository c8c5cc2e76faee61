/** Real pairs of processes: layout on disk, start, status, death. */
package org.understudy.lab.pair;
