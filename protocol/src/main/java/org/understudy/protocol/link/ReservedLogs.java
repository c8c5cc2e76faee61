package org.understudy.protocol.link;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.buffer.FileStoreLogFactory;
import io.aeron.driver.buffer.LogFactory;
import io.aeron.driver.buffer.RawLog;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.exceptions.StorageSpaceException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Makes the files of streams from {@linkplain ReservedSpace reserved space}. Aeron maps a file and
 * touches it, which ends the process where the file system is full; here every page of the file has
 * its memory before anything touches the mapping, and where there is none that one stream is
 * refused.
 */
final class ReservedLogs implements LogFactory {
  private static final int PAGE_BYTES = 4096;

  private final MediaDriver.Context driver;
  private final ReservedSpace space;
  private final AtomicInteger images;
  private LogFactory files;

  private ReservedLogs(MediaDriver.Context driver, ReservedSpace space, AtomicInteger images) {
    this.driver = driver;
    this.space = space;
    this.images = images;
  }

  /**
   * Makes the driver's streams come from this space; Aeron has the setter, but not for others.
   *
   * @param images counts the peer's streams that have a file
   */
  static void use(MediaDriver.Context driver, ReservedSpace space, AtomicInteger images) {
    try {
      MethodHandles.privateLookupIn(MediaDriver.Context.class, MethodHandles.lookup())
          .findVirtual(
              MediaDriver.Context.class,
              "logFactory",
              MethodType.methodType(MediaDriver.Context.class, LogFactory.class))
          .invoke(driver, new ReservedLogs(driver, space, images));
    } catch (Throwable e) {
      throw new IllegalStateException("this version of Aeron takes no log factory", e);
    }
  }

  @Override
  public RawLog newPublication(long correlationId, int termLength, boolean isSparse) {
    return backed(
        files().newPublication(correlationId, termLength, true), termLength, new AtomicInteger());
  }

  @Override
  public RawLog newImage(long correlationId, int termLength, boolean isSparse) {
    return backed(files().newImage(correlationId, termLength, true), termLength, images);
  }

  /** Made with the first stream, when the driver's counters exist. */
  private LogFactory files() {
    if (files == null) {
      files =
          new FileStoreLogFactory(
              driver.aeronDirectoryName(),
              driver.filePageSize(),
              false,
              0,
              driver.errorHandler(),
              driver.systemCounters().get(SystemCounterDescriptor.BYTES_CURRENTLY_MAPPED));
    }
    return files;
  }

  private RawLog backed(RawLog log, int termLength, AtomicInteger count) {
    long bytes = LinkSpace.logBytes(termLength);
    try {
      space.give(bytes);
      space.fill(Path.of(log.fileName()), bytes);
    } catch (IOException e) {
      CloseHelper.quietClose(log);
      log.free();
      takeBack(bytes);
      throw new StorageSpaceException(
          "no room in shared memory for a stream of " + bytes + " bytes: " + e.getMessage());
    }
    touch(log);
    count.incrementAndGet();
    return new ReservedLog(log, bytes, count);
  }

  /** Now, not page by page in the first epochs. */
  private static void touch(RawLog log) {
    int sum = 0;
    for (UnsafeBuffer term : log.termBuffers()) {
      for (int offset = 0; offset < term.capacity(); offset += PAGE_BYTES) {
        sum += term.getByte(offset);
      }
    }
    if (sum != 0) {
      throw new IllegalStateException("a new stream is not empty: " + log.fileName());
    }
  }

  private void takeBack(long bytes) {
    try {
      space.take(bytes);
    } catch (IOException e) {
      // Others took it meanwhile, or the client still maps the old stream: the next stream asks the
      // file system for itself, and is refused in words where that has nothing.
    }
  }

  @Override
  public void close() {
    CloseHelper.close(files);
  }

  /** Its bytes are reserved again when it is gone. */
  private final class ReservedLog implements RawLog {
    private final RawLog log;
    private final long bytes;
    private final AtomicInteger count;
    private boolean isFree;

    ReservedLog(RawLog log, long bytes, AtomicInteger count) {
      this.count = count;
      this.log = log;
      this.bytes = bytes;
    }

    @Override
    public int termLength() {
      return log.termLength();
    }

    @Override
    public UnsafeBuffer[] termBuffers() {
      return log.termBuffers();
    }

    @Override
    public UnsafeBuffer metaData() {
      return log.metaData();
    }

    @Override
    public ByteBuffer[] sliceTerms() {
      return log.sliceTerms();
    }

    @Override
    public String fileName() {
      return log.fileName();
    }

    @Override
    public boolean free() {
      boolean done = log.free();
      if (done && !isFree) {
        isFree = true;
        count.decrementAndGet();
        takeBack(bytes);
      }
      return done;
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
