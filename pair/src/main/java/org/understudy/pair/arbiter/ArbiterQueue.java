package org.understudy.pair.arbiter;

import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import org.understudy.pair.ownership.Register;
import org.understudy.pair.ownership.RegisterDesk;

/**
 * Calls to an arbiter that wait for the one before, which may block for as long as the arbiter
 * likes. Whoever has no answer asks again: reads that wait become one, so that the next answer is
 * everybody's, and what waits stays as short after an hour as after a second.
 */
public final class ArbiterQueue {
  /** A change of state writes once; so many cannot wait but by an error. */
  static final int MAX_WRITES = 16;

  /** What is to be called next. */
  public sealed interface Call {}

  /** The register is to be written. */
  public record Write(long request, Register next) implements Call {}

  /** The register is to be read, for all who asked; nobody did where it is only looked at. */
  public static final class Read implements Call {
    private final long[] requests = new long[RegisterDesk.ASKERS];

    private Read() {}

    private void add(long request) {
      requests[RegisterDesk.askerOf(request)] = request;
    }

    /** The last request of each who asked. */
    public void forEach(LongConsumer consumer) {
      for (long request : requests) {
        if (request != 0) {
          consumer.accept(request);
        }
      }
    }
  }

  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private int writes;

  /** Asks for a read; false if one waits already that answers this as well. */
  public synchronized boolean read(long request) {
    boolean isNew = look();
    ((Read) waiting.getLast()).add(request);
    return isNew;
  }

  /** Asks for a read that nobody waits for; false if one waits already. */
  public synchronized boolean look() {
    if (waiting.peekLast() instanceof Read) {
      return false;
    }
    waiting.add(new Read());
    return true;
  }

  /** Asks for a write, after all that waits; false if too many wait. */
  public synchronized boolean write(long request, Register next) {
    if (writes == MAX_WRITES) {
      return false;
    }
    writes++;
    waiting.add(new Write(request, next));
    return true;
  }

  /** The next call, which waits no more; null if there is none. */
  public synchronized Call next() {
    Call call = waiting.poll();
    if (call instanceof Write) {
      writes--;
    }
    return call;
  }
}
