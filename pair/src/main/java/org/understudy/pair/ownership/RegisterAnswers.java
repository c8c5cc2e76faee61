package org.understudy.pair.ownership;

/** Takes answers on the agent's thread. */
public interface RegisterAnswers {
  /** Answer to a write: whether this call wrote the register. */
  void onWritten(long request, boolean written);

  /** Answer to a read; null if nothing was ever written. */
  void onRegister(long request, Register register);

  /** The call failed: its outcome is unknown. */
  void onArbiterFailed(long request);
}
