/**
 * A QEMU that something else started: what is observed of it, why it may not be protected, and how
 * it is taken and ended.
 */
package org.understudy.vm.attach;
