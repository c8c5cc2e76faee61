package org.understudy.vm.attach;

import java.util.List;
import java.util.stream.Collectors;

/** No machine was attached; the one that runs, if any, was left as it is. */
public final class AttachException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refusal> refusals;

  /** With the reason. */
  public AttachException(String message) {
    super(message);
    refusals = List.of();
  }

  /** With the reason and what led to it. */
  public AttachException(String message, Throwable cause) {
    super(message, cause);
    refusals = List.of();
  }

  /** Because of these properties of the machine. */
  public AttachException(List<Refusal> refusals) {
    super(
        "the machine cannot be protected: "
            + refusals.stream().map(Refusal::toString).collect(Collectors.joining("; ")));
    this.refusals = List.copyOf(refusals);
  }

  /** What was in the way; empty where the machine was not even looked at. */
  public List<Refusal> refusals() {
    return refusals;
  }
}
