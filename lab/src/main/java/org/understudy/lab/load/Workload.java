package org.understudy.lab.load;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.understudy.lab.judge.LoadCommand;

/**
 * What one connection does, from a seed: a mix of commands over three kinds of keys, and values
 * that look like records of a real program. Each value begins with the connection and operation
 * that wrote it, so that it is unique and can be traced.
 */
public final class Workload {
  /** Least length of a value. */
  static final int MIN_VALUE = 64;

  /** Greatest length of a value. */
  static final int MAX_VALUE = 1024;

  private static final String[] CITIES = {
    "Lisbon", "Nairobi", "Osaka", "Bergen", "Valparaiso", "Tbilisi", "Dakar", "Hobart"
  };
  private static final String[] STATES = {"active", "suspended", "pending", "closed"};
  private static final String[] WORDS = {
    "order", "shipped", "customer", "returned", "invoice", "paid", "priority", "standard",
    "warehouse", "delivery", "express", "confirmed", "address", "changed", "manual", "review"
  };

  /** What to send; the value is null where the command carries none. */
  public static final class Step {
    LoadCommand command;
    int keyIndex;
    byte[] value;

    /** The command. */
    public LoadCommand command() {
      return command;
    }

    /** Index of its key. */
    public int keyIndex() {
      return keyIndex;
    }

    /** What it carries, or null. */
    public byte[] value() {
      return value;
    }
  }

  private final int connection;
  private final int keysPerKind;
  private final SplittableRandom random;
  private final Step step = new Step();

  /**
   * The stream of one connection.
   *
   * @param keys keys of all three kinds together
   */
  public Workload(long seed, int connection, int keys) {
    this.connection = connection;
    this.keysPerKind = Math.max(1, keys / 3);
    this.random = new SplittableRandom(seed * 1_000_003 + connection);
  }

  /** Name of a key; the kind follows from the index. */
  public static String key(int index) {
    String kind =
        switch (index % 3) {
          case 0 -> "counter:";
          case 1 -> "log:";
          default -> "record:";
        };
    return kind + String.format("%07d", index / 3);
  }

  /** The next operation; the object is reused. Half of it is writing of values, a third reading. */
  public Step next(int id, boolean mayAppend) {
    int dice = random.nextInt(100);
    if (dice < 25) {
      return step(LoadCommand.INCR, 0, id);
    }
    if (dice < 40) {
      return mayAppend ? step(LoadCommand.APPEND, 1, id) : step(LoadCommand.SET, 2, id);
    }
    return dice < 70 ? step(LoadCommand.SET, 2, id) : step(LoadCommand.GET, random.nextInt(3), id);
  }

  /** The write that gives this key its first content. */
  public Step first(int keyIndex, int id) {
    LoadCommand command =
        switch (keyIndex % 3) {
          case 0 -> LoadCommand.INCR;
          case 1 -> LoadCommand.APPEND;
          default -> LoadCommand.SET;
        };
    step(command, keyIndex % 3, id);
    step.keyIndex = keyIndex;
    return step;
  }

  private Step step(LoadCommand command, int kind, int id) {
    step.command = command;
    step.keyIndex = random.nextInt(keysPerKind) * 3 + kind;
    boolean carries = command == LoadCommand.SET || command == LoadCommand.APPEND;
    step.value = carries ? value(id) : null;
    return step;
  }

  /** A record of 64 to 1,024 bytes; short ones are more frequent, as in real stores. */
  private byte[] value(int id) {
    int length = (int) (MIN_VALUE * Math.pow(MAX_VALUE / (double) MIN_VALUE, random.nextDouble()));
    StringBuilder text = new StringBuilder(MAX_VALUE + 32);
    text.append("id=c").append(connection).append('-').append(id);
    text.append(";user=u").append(100_000 + random.nextInt(900_000));
    text.append(";city=").append(CITIES[random.nextInt(CITIES.length)]);
    text.append(";state=").append(STATES[random.nextInt(STATES.length)]);
    text.append(";amount=").append(random.nextInt(100_000) / 100.0).append(";note=");
    while (text.length() < length) {
      text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    text.setLength(length);
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
