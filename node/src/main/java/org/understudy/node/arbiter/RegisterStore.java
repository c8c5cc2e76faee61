package org.understudy.node.arbiter;

import java.io.IOException;
import java.util.List;
import org.understudy.pair.arbiter.Arbiter;

/** An arbiter that can also tell how its register came to say what it says. */
public interface RegisterStore extends Arbiter {
  /**
   * The last changes of ownership, the newest first, at most {@link RegisterText#KEPT_CHANGES};
   * empty if nothing was ever written.
   */
  List<RegisterChange> history() throws IOException;
}
