package org.understudy.vm.qmp;

/**
 * Version of a QEMU.
 *
 * @param major first number
 * @param minor second number
 * @param micro third number
 * @param packaging distributor's text, may be empty
 */
public record QmpVersion(int major, int minor, int micro, String packaging) {
  @Override
  public String toString() {
    return major + "." + minor + "." + micro + (packaging.isEmpty() ? "" : " " + packaging);
  }
}
