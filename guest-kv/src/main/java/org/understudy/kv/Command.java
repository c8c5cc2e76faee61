package org.understudy.kv;

/**
 * One command, as COMMAND describes it.
 *
 * @param name lower case
 * @param arity arguments with the name; negative for "at least"
 * @param flags Redis's command flags
 * @param firstKey position of the first key, 0 for none
 * @param lastKey position of the last key, -1 for the last argument
 * @param keyStep from one key to the next
 * @param action runs it
 */
record Command(
    String name, int arity, String flags, int firstKey, int lastKey, int keyStep, Runnable action) {

  /** A command without keys. */
  Command(String name, int arity, String flags, Runnable action) {
    this(name, arity, flags, 0, 0, 0, action);
  }

  /** A command of one key. */
  static Command ofKey(String name, int arity, String flags, Runnable action) {
    return new Command(name, arity, flags, 1, 1, 1, action);
  }

  boolean takes(int arguments) {
    return arity >= 0 ? arguments == arity : arguments >= -arity;
  }

  /** The name as {@link CommandArguments#name} gives it. */
  long packedName() {
    long packed = 0;
    for (int i = 0; i < name.length(); i++) {
      packed |= (long) name.charAt(i) << (i * Byte.SIZE);
    }
    return packed;
  }
}
