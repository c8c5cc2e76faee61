/**
 * {@code bench encode}: the codec and what it is compared with, on pages captured from real
 * programs; {@code bench capture}: how such pages are captured.
 */
package org.understudy.lab.bench.encode;
