/** Benchmarks of a running service as its clients see it, protected and not. */
package org.understudy.lab.bench.serve;
