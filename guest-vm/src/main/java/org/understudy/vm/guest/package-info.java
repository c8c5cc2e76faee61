/** Makes guests that are virtual machines: built, attached, or restored. */
package org.understudy.vm.guest;
