package org.understudy.vm.qemu;

import java.nio.file.Path;
import org.understudy.vm.CountingGuest;

/** A process that runs a guest until it is killed itself. */
final class NodeToKill {
  private NodeToKill() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    VmConfig config = CountingGuest.config(folder, folder.resolve("says"));
    Path qmp = folder.resolve("qmp");
    VmPlace place = new VmPlace(folder.resolve("memory"), qmp);
    // From a thread that ends: the guest must live on, its life is tied to the process.
    QemuProcess[] qemu = new QemuProcess[1];
    Thread thread =
        new Thread(() ->
            qemu[0] =
                QemuProcess.start(
                    QemuCommandLine.running(config, place),
                    qmp,
                    event -> {},
                    CountingGuest.TIMEOUT_NS));
    thread.start();
    thread.join();
    System.out.println(qemu[0].pid());
    Thread.sleep(Long.MAX_VALUE);
  }
}
