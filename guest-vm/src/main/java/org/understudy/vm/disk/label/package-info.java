/** The disk record beside each file: what the file is worth after a crash. */
package org.understudy.vm.disk.label;
