/** QEMU guests: unmodified virtual machines, captured and restored from outside. */
package org.understudy.vm;
