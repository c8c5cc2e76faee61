package org.understudy.vm.device;

/**
 * A block of a guest's memory as its device state lists it.
 *
 * @param name QEMU's name of it
 * @param bytes its size
 * @param address in the guest
 */
public record RamBlock(String name, long bytes, long address) {}
