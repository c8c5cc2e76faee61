package org.understudy.simulation;

/** A client, which checks every answer. */
abstract class SimClient {
  final World world;
  final int index;
  long answers;

  SimClient(World world, int index) {
    this.world = world;
    this.index = index;
  }

  abstract void start();

  /** An answer arrives, sent by this node. */
  abstract void onReply(Answer reply, int fromNode);

  /** Its connection was closed. */
  abstract void onClosed();

  /** The next answer in order. */
  final void answered() {
    answers++;
    world.statistics.answers++;
  }
}
