package org.understudy.protocol.link;

/**
 * A setting of the link that cannot work; the message names values, rule and remedy in one line.
 */
public final class LinkConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** One line. */
  public LinkConfigurationException(String message) {
    super(message, null, false, false);
  }

  /** One line, with the cause for the log. */
  public LinkConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
