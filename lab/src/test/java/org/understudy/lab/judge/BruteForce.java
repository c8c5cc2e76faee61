package org.understudy.lab.judge;

import java.util.List;

/** Tries every order of the operations of one key: slow, obvious, and the judge of the checker. */
final class BruteForce {
  /** One operation of a tiny history; {@code reply} null means that none arrived. */
  record Op(LoadCommand command, String value, long invokeNs, long returnNs, Reply reply) {
    boolean isKnown() {
      return reply != null;
    }
  }

  private final List<Op> operations;
  private final Reply last;

  BruteForce(List<Op> operations, Reply last) {
    this.operations = operations;
    this.last = last;
  }

  boolean isLinearizable() {
    return search(new boolean[operations.size()], null);
  }

  /** {@code state} is the content of the key; null means missing. */
  private boolean search(boolean[] done, String state) {
    boolean complete = true;
    for (int i = 0; i < operations.size(); i++) {
      if (done[i]) {
        continue;
      }
      complete &= !operations.get(i).isKnown();
      if (!mayComeNext(i, done) || !explains(operations.get(i), state)) {
        continue;
      }
      done[i] = true;
      boolean found = search(done, after(operations.get(i), state));
      done[i] = false;
      if (found) {
        return true;
      }
    }
    return complete && (last == null || matches(last, state));
  }

  private boolean mayComeNext(int candidate, boolean[] done) {
    for (int i = 0; i < operations.size(); i++) {
      Op other = operations.get(i);
      if (!done[i] && other.isKnown() && other.returnNs() < operations.get(candidate).invokeNs()) {
        return false;
      }
    }
    return true;
  }

  static String after(Op operation, String state) {
    return switch (operation.command()) {
      case GET -> state;
      case SET -> operation.value();
      case APPEND -> (state == null ? "" : state) + operation.value();
      case INCR -> Long.toString((state == null ? 0 : Long.parseLong(state)) + 1);
    };
  }

  /** The reply of a correct server that executes the operation in this state. */
  static Reply reply(Op operation, String state) {
    String next = after(operation, state);
    return switch (operation.command()) {
      case GET ->
          state == null
              ? Reply.NIL
              : Reply.bulk(state.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      case SET -> Reply.status("OK");
      case APPEND -> Reply.integer(next.length());
      case INCR -> Reply.integer(Long.parseLong(next));
    };
  }

  private static boolean explains(Op operation, String state) {
    return !operation.isKnown() || same(operation.reply(), reply(operation, state));
  }

  private static boolean matches(Reply read, String state) {
    return same(read, reply(new Op(LoadCommand.GET, null, 0, 0, null), state));
  }

  private static boolean same(Reply one, Reply other) {
    return one.kind() == other.kind()
        && one.number() == other.number()
        && one.text().equals(other.text());
  }
}
