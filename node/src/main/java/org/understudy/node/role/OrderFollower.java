package org.understudy.node.role;

/** Tells an operator what becomes of an order. */
interface OrderFollower {
  /** On the agent's thread, each cycle; true when there is nothing more to tell. */
  boolean follow();
}
