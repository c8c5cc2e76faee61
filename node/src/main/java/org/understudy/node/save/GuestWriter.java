package org.understudy.node.save;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.understudy.checkpoint.guest.Capture;
import org.understudy.checkpoint.guest.GuestDescription;
import org.understudy.checkpoint.memory.GuestMemory;
import org.understudy.node.config.Units;
import org.understudy.pair.ownership.NodeId;
import org.understudy.pair.ownership.Register;
import org.understudy.primary.agent.GuestSaver;

/** Writes a paused guest into a {@link SaveDirectory}, on a thread of its own. */
public final class GuestWriter implements GuestSaver {
  private enum Step {
    IDLE,
    WRITING,
    /** From here on it counts, unless it fails. */
    COMPLETING,
    ABANDONED,
    FAILED
  }

  private static final Logger LOG = LoggerFactory.getLogger("understudy.save");
  private static final long HEADER_ROOM_BYTES = 1 << 20;

  private final SaveDirectory directory;
  private final NodeId self;
  private final GuestDescription guest;
  private final Runnable wakeUp;
  private final AtomicReference<Step> step = new AtomicReference<>(Step.IDLE);
  private volatile String outcome;

  /**
   * For one guest of one process.
   *
   * @param wakeUp called when there is an outcome; any thread
   */
  public GuestWriter(
      SaveDirectory directory, NodeId self, GuestDescription guest, Runnable wakeUp) {
    this.directory = directory;
    this.self = self;
    this.guest = guest;
    this.wakeUp = wakeUp;
  }

  @Override
  public String obstacle() {
    long needed = guest.layout().totalBytes() + HEADER_ROOM_BYTES;
    try {
      directory.clear();
      long free = Files.getFileStore(directory.path()).getUsableSpace();
      return free >= needed
          ? null
          : directory.path()
              + " has room for "
              + Units.roughSize(free)
              + ", the guest needs "
              + Units.roughSize(needed);
    } catch (IOException | RuntimeException e) {
      return directory.path() + " cannot be used: " + e;
    }
  }

  @Override
  public void begin(Register register, GuestMemory memory, Capture capture) {
    outcome = null;
    step.set(Step.WRITING);
    Thread.ofPlatform()
        .daemon()
        .name("save")
        .start(() -> {
          outcome = write(register, memory.segment(), capture);
          wakeUp.run();
        });
  }

  private boolean goesOn() {
    return step.get() == Step.WRITING;
  }

  /** "", or why it is not written. */
  private String write(Register register, MemorySegment memory, Capture capture) {
    try {
      long beganNs = System.nanoTime();
      MemorySegment device = deviceOf(capture);
      boolean isWritten =
          SaveFiles.write(directory.memory(), memory, this::goesOn)
              && SaveFiles.write(directory.device(), device, this::goesOn);
      if (!isWritten) {
        directory.discard();
        return "it was given up";
      }
      SavedGuest saved = describe(register, memory, device, capture);
      if (!step.compareAndSet(Step.WRITING, Step.COMPLETING)) {
        directory.discard();
        return "it was given up";
      }
      directory.complete(saved);
      LOG.info(
          "the guest is saved in {}: {}, {} ms",
          directory.path(),
          saved,
          (System.nanoTime() - beganNs) / 1_000_000);
      return "";
    } catch (IOException | RuntimeException | Error e) {
      return failed(e);
    }
  }

  /**
   * What may have become a saved guest has to be none, since the one in memory goes on; if it
   * cannot be removed it counts, and that one must not.
   */
  private String failed(Throwable cause) {
    try {
      directory.discard();
    } catch (IOException | RuntimeException e) {
      LOG.error("{} can neither be written nor emptied: {}", directory.path(), e.toString(), cause);
      if (Files.exists(directory.header(), LinkOption.NOFOLLOW_LINKS)) {
        return "";
      }
    }
    step.compareAndSet(Step.COMPLETING, Step.FAILED);
    return directory.path() + " could not be written: " + cause;
  }

  private static MemorySegment deviceOf(Capture capture) {
    byte[] device = new byte[capture.deviceStateLength()];
    if (device.length > 0) {
      capture.deviceState().getBytes(0, ByteBuffer.wrap(device), device.length);
    }
    return MemorySegment.ofArray(device);
  }

  private SavedGuest describe(
      Register register, MemorySegment memory, MemorySegment device, Capture capture) {
    return new SavedGuest(
        Long.toHexString(register.registerId()),
        register.generation(),
        self.name(),
        List.of(Long.toHexString(self.incarnation())),
        guest.type(),
        guest.stateFormatVersion(),
        SavedGuest.Region.of(guest),
        capture.inputPosition(),
        capture.stampNs(),
        (int) device.byteSize(),
        SaveDirectory.digest(memory),
        SaveDirectory.digest(device),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  @Override
  public Optional<String> outcome() {
    return Optional.ofNullable(outcome);
  }

  @Override
  public boolean abandon() {
    return step.compareAndSet(Step.WRITING, Step.ABANDONED) || step.get() != Step.COMPLETING;
  }
}
