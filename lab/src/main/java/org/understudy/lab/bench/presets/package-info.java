/** {@code bench presets}: one recorded load against every preset, side by side. */
package org.understudy.lab.bench.presets;
