package org.understudy.simulation;

/** The clients that are connected to one process, by the session of each. */
final class Connections {
  private final SimClient[] clients = new SimClient[World.CLIENTS];
  private final long[] sessions = new long[World.CLIENTS];

  private static int slot(long session) {
    return (int) (session >>> 32) - 1;
  }

  void connect(long session, SimClient client) {
    clients[slot(session)] = client;
    sessions[slot(session)] = session;
  }

  /** The client leaves; false if it is there in another session by now. */
  boolean disconnect(long session) {
    boolean is = sessions[slot(session)] == session;
    if (is) {
      clients[slot(session)] = null;
    }
    return is;
  }

  /** The process closes one client's connection. */
  void close(long session) {
    SimClient client = of(session);
    if (client != null) {
      clients[slot(session)] = null;
      client.onClosed();
    }
  }

  void closeAll() {
    for (int i = 0; i < clients.length; i++) {
      if (clients[i] != null) {
        clients[i].onClosed();
        clients[i] = null;
      }
    }
  }

  /** The client of a session, or null. */
  SimClient of(long session) {
    return sessions[slot(session)] == session ? clients[slot(session)] : null;
  }

  int count() {
    int count = 0;
    for (SimClient client : clients) {
      count += client == null ? 0 : 1;
    }
    return count;
  }
}
