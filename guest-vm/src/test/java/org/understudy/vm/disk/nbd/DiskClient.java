package org.understudy.vm.disk.nbd;

import java.io.IOException;
import java.nio.file.Path;

/** A client that uses a disk as a guest does: one request, one answer. */
public final class DiskClient implements AutoCloseable {
  private static final int MAX_BYTES = 1 << 20;

  private final NbdClient client;

  public DiskClient(Path socket, String disk) throws IOException {
    client = new NbdClient(socket);
    client.going(disk);
  }

  public void write(long offset, byte[] data, boolean durable) throws IOException {
    int flags = durable ? Nbd.CMD_FLAG_FUA : 0;
    client.request(Nbd.CMD_WRITE, flags, 1, offset, data.length, data);
    client.forgetSent();
    check("write", client.answer(0).error());
  }

  public void zero(long offset, int bytes, boolean keepSpace) throws IOException {
    int flags = keepSpace ? Nbd.CMD_FLAG_NO_HOLE : 0;
    check("zero", client.error(Nbd.CMD_WRITE_ZEROES, flags, offset, bytes));
  }

  public void trim(long offset, int bytes) throws IOException {
    check("trim", client.error(Nbd.CMD_TRIM, 0, offset, bytes));
  }

  public void flush() throws IOException {
    check("flush", client.error(Nbd.CMD_FLUSH, 0, 0, 0));
  }

  public byte[] read(long offset, int bytes) throws IOException {
    client.request(Nbd.CMD_READ, 0, 1, offset, bytes);
    NbdClient.Answer answer = client.answer(bytes);
    check("read", answer.error());
    return answer.data();
  }

  /** All of it, as one array. */
  public byte[] readAll(int bytes) throws IOException {
    byte[] all = new byte[bytes];
    for (int at = 0; at < bytes; at += MAX_BYTES) {
      int count = Math.min(MAX_BYTES, bytes - at);
      System.arraycopy(read(at, count), 0, all, at, count);
    }
    return all;
  }

  private static void check(String what, int error) throws IOException {
    if (error != 0) {
      throw new IOException(what + " failed with error " + error);
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
