package org.understudy.lab.judge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients did and saw: one row per operation in columns of primitives, some 50 bytes each, so
 * that millions fit into memory. Values are kept as length and hash. One thread at a time.
 */
public final class History {
  /** Return time of an operation without a reply: it may take effect at any later time. */
  public static final long NEVER = Long.MAX_VALUE;

  /** Number of a reply that is no number. */
  static final long NO_NUMBER = Long.MIN_VALUE;

  /** Most operations of one history: about 5 GB of columns, above what any run makes. */
  static final int MAX_OPERATIONS = 100_000_000;

  private static final int CHUNK_BITS = 16;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int IN_CHUNK = CHUNK - 1;

  private static final class Chunk {
    final long[] invokeNs = new long[CHUNK];
    final long[] returnNs = new long[CHUNK];
    final long[] hash = new long[CHUNK];
    final long[] number = new long[CHUNK];
    final int[] key = new int[CHUNK];
    final int[] connection = new int[CHUNK];
    final int[] id = new int[CHUNK];
    final int[] length = new int[CHUNK];
    final byte[] command = new byte[CHUNK];
    final byte[] replyKind = new byte[CHUNK];
  }

  private static final LoadCommand[] COMMANDS = LoadCommand.values();
  private static final Reply.Kind[] KINDS = Reply.Kind.values();

  private final List<Chunk> chunks = new ArrayList<>();
  private final Map<String, Integer> keyIds = new HashMap<>();
  private final List<String> keys = new ArrayList<>();
  private final Map<Integer, Reply> finals = new HashMap<>();
  private int size;

  /** Number of a key, given out in the order of first use. */
  public int keyId(String key) {
    Integer id = keyIds.get(key);
    if (id == null) {
      id = keys.size();
      keys.add(key);
      keyIds.put(key, id);
    }
    return id;
  }

  /** Name of a key. */
  public String key(int keyId) {
    return keys.get(keyId);
  }

  /** Keys used so far. */
  public int keys() {
    return keys.size();
  }

  /** Operations so far. */
  public int size() {
    return size;
  }

  /**
   * An operation is about to be sent.
   *
   * @param value what a SET or APPEND carries, else null
   * @return its row
   */
  public int begin(
      int connection, int id, int keyId, LoadCommand command, byte[] value, long invokeNs) {
    if (size == MAX_OPERATIONS) {
      throw new IllegalStateException("a history holds at most " + MAX_OPERATIONS + " operations");
    }
    if ((size & IN_CHUNK) == 0) {
      chunks.add(new Chunk());
    }
    int row = size++;
    Chunk chunk = chunk(row);
    int at = row & IN_CHUNK;
    chunk.connection[at] = connection;
    chunk.id[at] = id;
    chunk.key[at] = keyId;
    chunk.command[at] = (byte) command.ordinal();
    chunk.invokeNs[at] = invokeNs;
    chunk.returnNs[at] = NEVER;
    chunk.number[at] = NO_NUMBER;
    if (value != null) {
      chunk.length[at] = value.length;
      chunk.hash[at] = Hash64.of(value);
    }
    return row;
  }

  /** Its reply arrived. */
  public void end(int row, long returnNs, Reply reply) {
    Chunk chunk = chunk(row);
    int at = row & IN_CHUNK;
    chunk.returnNs[at] = returnNs;
    chunk.replyKind[at] = (byte) reply.kind().ordinal();
    chunk.number[at] = number(reply);
    if (command(row) == LoadCommand.GET) {
      chunk.length[at] = reply.bytes().length;
      chunk.hash[at] = Hash64.of(reply.bytes());
    }
  }

  /** What a key held after everything else, read through the front. */
  public void finalRead(int keyId, Reply reply) {
    finals.put(keyId, reply);
  }

  /** Keys that were read after everything else. */
  int finals() {
    return finals.size();
  }

  /** The last read of a key; null if there was none. */
  Reply finalOf(int keyId) {
    return finals.get(keyId);
  }

  /** The number that a reply says; {@link #NO_NUMBER} if none. A missing counter is 0. */
  static long number(Reply reply) {
    return switch (reply.kind()) {
      case INTEGER -> reply.number();
      case NIL -> 0;
      case BULK -> decimal(reply.bytes());
      default -> NO_NUMBER;
    };
  }

  private static long decimal(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > 18) {
      return NO_NUMBER;
    }
    long number = 0;
    for (byte digit : bytes) {
      if (digit < '0' || digit > '9') {
        return NO_NUMBER;
      }
      number = number * 10 + digit - '0';
    }
    return number;
  }

  private Chunk chunk(int row) {
    return chunks.get(row >>> CHUNK_BITS);
  }

  /** Connection of a row. */
  public int connection(int row) {
    return chunk(row).connection[row & IN_CHUNK];
  }

  /** Number of the operation on its connection. */
  public int id(int row) {
    return chunk(row).id[row & IN_CHUNK];
  }

  /** Key of a row. */
  public int keyOf(int row) {
    return chunk(row).key[row & IN_CHUNK];
  }

  /** Command of a row. */
  public LoadCommand command(int row) {
    return COMMANDS[chunk(row).command[row & IN_CHUNK]];
  }

  /** When it was sent, in nanoseconds of the run. */
  public long invokeNs(int row) {
    return chunk(row).invokeNs[row & IN_CHUNK];
  }

  /** When its reply arrived; {@link #NEVER} without one. */
  public long returnNs(int row) {
    return chunk(row).returnNs[row & IN_CHUNK];
  }

  /** Whether a reply arrived. */
  public boolean isAcknowledged(int row) {
    return replyKind(row) != Reply.Kind.NONE;
  }

  /** Type of its reply. */
  public Reply.Kind replyKind(int row) {
    return KINDS[chunk(row).replyKind[row & IN_CHUNK]];
  }

  /** Number in its reply or {@link #NO_NUMBER}. */
  long number(int row) {
    return chunk(row).number[row & IN_CHUNK];
  }

  /** Bytes of the value written or read. */
  int length(int row) {
    return chunk(row).length[row & IN_CHUNK];
  }

  /** Hash of the value written or read. */
  long hash(int row) {
    return chunk(row).hash[row & IN_CHUNK];
  }

  /** One line that says which operation a row is. */
  public String describe(int row) {
    String outcome = isAcknowledged(row) ? "returned " + returnNs(row) + " ns" : "no reply";
    return command(row)
        + " "
        + key(keyOf(row))
        + " (connection "
        + connection(row)
        + ", operation "
        + id(row)
        + ", invoked "
        + invokeNs(row)
        + " ns, "
        + outcome
        + ")";
  }
}
