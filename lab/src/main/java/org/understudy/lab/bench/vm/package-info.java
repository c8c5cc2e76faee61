/** Benchmark of protected virtual machines: each row compares two things in one run. */
package org.understudy.lab.bench.vm;
