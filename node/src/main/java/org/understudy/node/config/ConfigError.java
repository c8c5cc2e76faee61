package org.understudy.node.config;

import org.understudy.node.program.ExitCode;
import org.understudy.node.program.UserError;

/** A configuration that cannot be used; the message names key, value and remedy. */
public final class ConfigError extends UserError {
  private static final long serialVersionUID = 1L;

  /** A bad setting. */
  public ConfigError(String message) {
    super(ExitCode.CONFIGURATION_INVALID, message);
  }
}
