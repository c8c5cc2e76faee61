package org.understudy.vm.qemu;

/**
 * A network interface of the guest; {@link VmPlace} says on which tap.
 *
 * @param id its name
 * @param mac its address, six bytes in hexadecimal with colons
 */
public record VmNic(String id, String mac) {
  /** Refuses what QEMU does not take, and group addresses, which no interface can have. */
  public VmNic {
    VmConfig.checkId(id);
    if (!mac.matches("[0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}")) {
      throw new IllegalArgumentException(
          "vm.nics: '"
              + mac
              + "' is not the address of an interface, for example 52:54:00:12:34:56");
    }
  }

  /** Name of its host side in a QEMU that Understudy starts. */
  public String netdev() {
    return "net-" + id;
  }
}
