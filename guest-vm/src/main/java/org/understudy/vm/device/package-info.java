/** Device state: taken from a running guest once per epoch, shipped small, loaded into another. */
package org.understudy.vm.device;
